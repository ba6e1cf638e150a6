use crate::Call;

/// Returns what tonic's server knows of the connection, with or without TLS.
pub(super) fn connect_info<T: Send + Sync + 'static>(call: &Call) -> Option<&T> {
    let info = call.extensions().get::<T>();
    #[cfg(feature = "tls")]
    let info = info.or_else(|| {
        let info = call.extensions().get::<tonic::transport::server::TlsConnectInfo<T>>();
        info.map(tonic::transport::server::TlsConnectInfo::get_ref)
    });
    info
}
