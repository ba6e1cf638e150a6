//! The report of a service: what guards each rpc.
//!
//! [`report`](crate::report()) makes it of a service that `#[interceptor]` annotates. It needs no instance of the service.
//!
//! ```
//! # use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
//! # use proto::calcul::{AdditionRequest, AdditionResponse};
//! # use vestibule::Status;
//! use vestibule::{interceptor, public};
//!
//! # struct Calculator;
//! #[interceptor(each(access))]
//! impl Calculatrice for Calculator {
//!     #[interceptor(access = public())]
//!     async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
//!         Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
//!     }
//! }
//!
//! let report = vestibule::report::<Calculator, _>();
//! let addition = &report.rpcs()[0];
//! assert_eq!(addition.method().path(), "/calcul.Calculatrice/Addition");
//! assert_eq!(addition.entries()[0].to_string(), "access = public()");
//! assert!(addition.is_open());
//! ```
//!
//! [`Display`](std::fmt::Display) writes the report for a terminal. [`Report::to_markdown`] and [`Report::to_mermaid`] write
//! it for a document. With the feature `serde`, a report implements `Serialize`, as for JSON. The same service always gives the
//! same text. The guide [`report`](crate::guide::report) shows how to use it.

mod entry;
mod markdown;
mod mermaid;
mod one_line;
mod rpc;
#[cfg(feature = "serde")]
mod serialize;
mod table;
mod text;

use std::fmt;

pub use entry::EntryReport;
pub use rpc::RpcReport;
#[doc(hidden)]
pub use table::{EntryRow, LayerRow, RowKind, RpcRow, ServiceTable};

use crate::MethodInfo;
use crate::method::ServiceInfo;

/// The rpcs of a service, or of several services, and what guards each of them.
///
/// The open rpcs stand first: those without a policy, and those whose policy is [`public()`](crate::public). The rpcs without a
/// method stand last. Otherwise the order is that of the paths.
///
/// See the [module](self) for an example.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    rpcs: Vec<RpcReport>,
}

impl Report {
    /// Creates the report of services that stand behind these layers.
    pub(crate) fn new(layers: &[LayerRow], services: impl IntoIterator<Item = ServiceTable>) -> Self {
        let rpcs = services.into_iter().flat_map(rpcs_of);
        let mut rpcs: Vec<_> = rpcs.map(|rpc| rpc.behind(layers)).collect();
        rpcs.sort_by(|a, b| order(a).cmp(&order(b)));
        Self { rpcs }
    }

    /// Returns the rpcs: the open ones, then the guarded ones, then those without a method.
    #[must_use]
    pub fn rpcs(&self) -> &[RpcReport] {
        &self.rpcs
    }

    /// Returns the report as a table of Markdown.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        markdown::Markdown(&self.rpcs).to_string()
    }

    /// Returns the report as a flowchart of Mermaid.
    #[must_use]
    pub fn to_mermaid(&self) -> String {
        mermaid::Mermaid(&self.rpcs).to_string()
    }
}

/// Writes the report for a terminal of 100 columns.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        text::write(f, &self.rpcs)
    }
}

fn rpcs_of(service: ServiceTable) -> Vec<RpcReport> {
    let written = service.rpcs.iter().map(|row| RpcReport::new(&service, row));
    let described = service.descriptor.map_or(&[][..], ServiceInfo::methods);
    let has_method = |described: &MethodInfo| service.rpcs.iter().any(|(written, ..)| *written == described);
    let missing = described.iter().copied().filter(|method| !has_method(method));
    written.chain(missing.map(RpcReport::unimplemented)).collect()
}

/// Returns what the rpcs are sorted by.
fn order(rpc: &RpcReport) -> (bool, bool, &'static str) {
    (rpc.is_unimplemented(), !rpc.is_open(), rpc.method().path())
}
