use tonic::Status;
use vestibule::extract::PeerCred;
use vestibule::{Call, FromCall, Interceptor, interceptor};

use crate::text::cut_path;

/// Accepts calls over a Unix socket from some users or groups of this machine, and provides the [`PeerCred`].
///
/// The kernel knows the peer, so no client can lie about it.
///
/// ```
/// use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
/// use proto::calcul::{AdditionRequest, AdditionResponse};
/// use vestibule::extract::PeerCred;
/// use vestibule::{Status, interceptor};
/// use vestibule_interceptors::PeerCredentials;
///
/// struct Calculator {
///     peers: PeerCredentials,
/// }
///
/// #[interceptor(peer = &self.peers)]
/// impl Calculatrice for Calculator {
///     async fn addition(&self, request: AdditionRequest, peer: &PeerCred) -> Result<AdditionResponse, Status> {
///         println!("a call of the user {}", peer.0.uid());
///         Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
///     }
/// }
///
/// let calculator = Calculator { peers: PeerCredentials::users([0, 1000]).or_groups([27]) };
/// ```
///
/// | the peer | its call |
/// | --- | --- |
/// | has one of the users | is accepted |
/// | has one of the groups as its own group | is accepted |
/// | has one of the groups as a further group | is refused, because the kernel does not tell further groups |
/// | is another one | ends with `PERMISSION_DENIED` |
/// | is not connected by a Unix socket | ends with UNAUTHENTICATED |
///
/// The user is the one who has connected. A process that was started by another user, or that has passed its socket on, is not
/// seen. On a socket in the file system, its permissions decide who can connect at all.
///
/// # What it reads and writes
///
/// | it | what |
/// | --- | --- |
/// | reads | the credentials of the connection |
/// | writes | nothing |
/// | logs | DEBUG `a peer was refused`, with `method`, `uid` and `gid` |
/// | counts | nothing |
///
/// It belongs to the phase [`Authenticate`](vestibule::phase::Authenticate).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerCredentials {
    /// `None` accepts all users.
    users: Option<Box<[u32]>>,
    groups: Box<[u32]>,
}

impl PeerCredentials {
    /// Accepts these users, by their ids. The example of [`PeerCredentials`] calls it.
    #[must_use]
    pub fn users(users: impl IntoIterator<Item = u32>) -> Self {
        Self { users: Some(users.into_iter().collect()), groups: Box::default() }
    }

    /// Accepts these groups, by their ids.
    ///
    /// ```
    /// use vestibule_interceptors::PeerCredentials;
    ///
    /// let peers = PeerCredentials::groups([27]);
    /// ```
    #[must_use]
    pub fn groups(groups: impl IntoIterator<Item = u32>) -> Self {
        Self::users([]).or_groups(groups)
    }

    /// Accepts every user of this machine, and only says who it is.
    ///
    /// ```
    /// use vestibule_interceptors::PeerCredentials;
    ///
    /// let peers = PeerCredentials::all_users();
    /// ```
    #[must_use]
    pub fn all_users() -> Self {
        Self { users: None, groups: Box::default() }
    }

    /// Accepts these groups as well. The example of [`PeerCredentials`] calls it.
    #[must_use]
    pub fn or_groups(self, groups: impl IntoIterator<Item = u32>) -> Self {
        let groups = self.groups.iter().copied().chain(groups).collect();
        Self { groups, ..self }
    }

    fn accepts(&self, uid: u32, gid: u32) -> bool {
        self.users.as_ref().is_none_or(|users| users.contains(&uid)) || self.groups.contains(&gid)
    }
}

#[interceptor(phase = Authenticate)]
impl Interceptor for PeerCredentials {
    type Provides = PeerCred;
    type Hooks = ();

    async fn start(&self, call: &Call) -> Result<(PeerCred, ()), Status> {
        let peer = PeerCred::from_call(call)?;
        let (uid, gid) = (peer.0.uid(), peer.0.gid());
        if self.accepts(uid, gid) {
            return Ok((peer, ()));
        }
        let method = &*cut_path(call.method().path());
        tracing::debug!(target: "vestibule", method, uid, gid, "a peer was refused");
        Err(Status::permission_denied("this user may not call"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_or_a_group_is_enough() {
        let users = PeerCredentials::users([0, 1000]);
        let either = users.clone().or_groups([27]);
        let groups = PeerCredentials::groups([27]).or_groups([28]);
        let nobody = PeerCredentials::users([]);
        let all = PeerCredentials::all_users();
        for (uid, gid, expected) in [
            (0, 0, [true, true, false, false, true]),
            (1000, 27, [true, true, true, false, true]),
            (7, 27, [false, true, true, false, true]),
            (7, 7, [false, false, false, false, true]),
            (7, 28, [false, false, true, false, true]),
            (27, 1000, [false, false, false, false, true]),
        ] {
            let accepted = [&users, &either, &groups, &nobody, &all].map(|peers| peers.accepts(uid, gid));
            assert_eq!(accepted, expected, "{uid} {gid}");
        }
    }
}
