//! `JwksCache` fetches the keys of an issuer once, keeps them when a fetch fails, and never for ever.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde::Deserialize;
use tokio::sync::Notify;
use tokio::time::advance;
use tonic::Request;
use vestibule::{Call, Code, MethodInfo, Shape};
use vestibule_interceptors::{FetchedKeys, JwksCache, JwksFile, Jwt, KeySource, KeySourceError};

const ECHO: &MethodInfo = &MethodInfo::new("/probe.Probe/Echo", Shape::Unary);
const JWKS: &str = include_str!("../keys/jwks.json");

#[derive(Debug, Deserialize)]
struct Claims {
    sub: String,
}

/// An issuer that answers as it is told, and fails if it is told nothing.
#[derive(Clone, Default)]
struct Issuer(Arc<State>);

#[derive(Default)]
struct State {
    answers: Mutex<VecDeque<Result<FetchedKeys, &'static str>>>,
    fetches: AtomicUsize,
    /// Each fetch waits for it, if `is_slow`.
    go_on: Notify,
    is_slow: bool,
}

impl KeySource for Issuer {
    async fn fetch(&self) -> Result<FetchedKeys, KeySourceError> {
        self.0.fetches.fetch_add(1, Ordering::SeqCst);
        if self.0.is_slow {
            self.0.go_on.notified().await;
        }
        let answer = self.0.answers.lock().unwrap().pop_front();
        Ok(answer.unwrap_or(Err("the issuer is down"))?)
    }
}

impl Issuer {
    fn slow() -> Self {
        Self(Arc::new(State { is_slow: true, ..State::default() }))
    }

    fn answer(&self, json: impl Into<String>, max_age: Option<u64>) {
        let max_age = max_age.map(Duration::from_secs);
        let fetched = FetchedKeys { json: json.into().into_bytes(), max_age };
        self.0.answers.lock().unwrap().push_back(Ok(fetched));
    }

    fn fetches(&self) -> usize {
        self.0.fetches.load(Ordering::SeqCst)
    }
}

/// Returns the set without the key that has this id.
fn without(kid: &str) -> String {
    let mut set: serde_json::Value = serde_json::from_str(JWKS).unwrap();
    set["keys"].as_array_mut().unwrap().retain(|key| key["kid"] != kid);
    set.to_string()
}

/// Returns the first token with this algorithm, whose `kid` is the algorithm.
fn token(algorithm: &str) -> &'static str {
    let lines = include_str!("../keys/tokens.tsv").lines().skip(1);
    let fields = lines.map(|line| line.split('\t').collect::<Vec<_>>());
    fields
        .filter(|fields| fields[1] == algorithm && fields[2].is_empty())
        .map(|fields| fields[3])
        .next()
        .unwrap()
}

fn jwt(issuer: &Issuer) -> Jwt<Claims> {
    let keys = JwksCache::new(issuer.clone()).stale_for(Duration::from_secs(600));
    Jwt::with_cache(keys, "calculator")
}

/// Verifies a token, and returns the subject or the code.
async fn verify(jwt: &Jwt<Claims>, token: &str) -> Result<String, Code> {
    let call = Call::new(ECHO, Request::new(()));
    jwt.verify(&call, token).await.map(|claims| claims.sub.clone()).map_err(|status| status.code())
}

async fn after(seconds: u64) {
    advance(Duration::from_secs(seconds)).await;
}

#[tokio::test(start_paused = true)]
async fn the_keys_are_fetched_once_for_many_calls() {
    let issuer = Issuer::default();
    issuer.answer(JWKS, None);
    let jwt = jwt(&issuer);
    for _ in 0..3 {
        assert_eq!(verify(&jwt, token("ES256")).await.as_deref(), Ok("ada"));
    }
    assert_eq!(issuer.fetches(), 1);
}

#[tokio::test(start_paused = true)]
async fn calls_at_the_same_time_wait_for_one_fetch() {
    let issuer = Issuer::slow();
    issuer.answer(JWKS, None);
    let jwt = jwt(&issuer);
    let calls: Vec<_> = (0..50)
        .map(|_| {
            let jwt = jwt.clone();
            tokio::spawn(async move { verify(&jwt, token("ES256")).await })
        })
        .collect();
    tokio::task::yield_now().await;
    // One of them goes away, and its fetch goes on.
    calls[0].abort();
    tokio::task::yield_now().await;
    issuer.0.go_on.notify_one();
    for call in calls.into_iter().skip(1) {
        assert_eq!(call.await.unwrap().as_deref(), Ok("ada"));
    }
    assert_eq!(issuer.fetches(), 1);
}

#[tokio::test(start_paused = true)]
async fn without_keys_calls_are_unavailable_and_no_load_on_the_issuer() {
    let issuer = Issuer::default();
    let jwt = jwt(&issuer);
    for _ in 0..5 {
        assert_eq!(verify(&jwt, token("ES256")).await, Err(Code::Unavailable));
    }
    assert_eq!(issuer.fetches(), 1);
    after(10).await;
    issuer.answer(JWKS, None);
    assert_eq!(verify(&jwt, token("ES256")).await.as_deref(), Ok("ada"));
    assert_eq!(issuer.fetches(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_new_key_is_known_at_once_and_made_up_ids_are_no_load() {
    let issuer = Issuer::default();
    issuer.answer(without("ES256"), None);
    let jwt = jwt(&issuer);
    assert_eq!(verify(&jwt, token("RS256")).await.as_deref(), Ok("ada"));
    // The issuer has signed with a new key within ten seconds of the fetch.
    for _ in 0..5 {
        assert_eq!(verify(&jwt, token("ES256")).await, Err(Code::Unauthenticated));
    }
    assert_eq!(issuer.fetches(), 1);
    after(10).await;
    issuer.answer(JWKS, None);
    assert_eq!(verify(&jwt, token("ES256")).await.as_deref(), Ok("ada"));
    assert_eq!(issuer.fetches(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_revoked_key_ends_with_the_age_of_the_set() {
    let issuer = Issuer::default();
    issuer.answer(JWKS, Some(300));
    let jwt = jwt(&issuer);
    assert_eq!(verify(&jwt, token("ES256")).await.as_deref(), Ok("ada"));
    issuer.answer(without("ES256"), Some(300));
    after(300).await;
    // This call uses the old keys while they are fetched again.
    assert_eq!(verify(&jwt, token("ES256")).await.as_deref(), Ok("ada"));
    tokio::task::yield_now().await;
    assert_eq!(issuer.fetches(), 2);
    assert_eq!(verify(&jwt, token("ES256")).await, Err(Code::Unauthenticated));
    assert_eq!(verify(&jwt, token("RS256")).await.as_deref(), Ok("ada"));
}

#[tokio::test(start_paused = true)]
async fn one_bad_answer_logs_nobody_out_and_many_do_not_last_for_ever() {
    let issuer = Issuer::default();
    issuer.answer(JWKS, Some(60));
    let jwt = jwt(&issuer);
    assert_eq!(verify(&jwt, token("ES256")).await.as_deref(), Ok("ada"));
    for bad in ["not JSON", "{}", "{\"keys\":[]}", &" ".repeat(300_000)] {
        issuer.answer(bad, None);
    }
    for _ in 0..10 {
        after(60).await;
        assert_eq!(verify(&jwt, token("ES256")).await.as_deref(), Ok("ada"));
        tokio::task::yield_now().await;
    }
    // Ten minutes after the keys should have been fetched again, they are too old.
    after(60).await;
    assert_eq!(verify(&jwt, token("ES256")).await, Err(Code::Unavailable));
    after(10).await;
    issuer.answer(JWKS, None);
    assert_eq!(verify(&jwt, token("ES256")).await.as_deref(), Ok("ada"));
}

#[tokio::test(start_paused = true)]
async fn an_issuer_that_does_not_answer_is_given_up() {
    let issuer = Issuer::slow();
    let jwt = jwt(&issuer);
    // The clock goes on by itself, because nothing else runs.
    assert_eq!(verify(&jwt, token("ES256")).await, Err(Code::Unavailable));
    assert_eq!(issuer.fetches(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_server_may_wait_for_the_keys() {
    let issuer = Issuer::default();
    let keys = JwksCache::new(issuer.clone());
    assert!(!keys.ready().await);
    issuer.answer(JWKS, None);
    after(10).await;
    assert!(keys.ready().await);
}

#[tokio::test(start_paused = true)]
async fn a_secret_in_a_set_verifies_nothing() {
    let issuer = Issuer::default();
    issuer.answer(JWKS, None);
    let jwt = jwt(&issuer);
    assert_eq!(verify(&jwt, token("HS256")).await, Err(Code::Unauthenticated));
}

#[tokio::test(start_paused = true)]
async fn a_file_is_read_again_and_a_bad_one_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    std::fs::write(&path, JWKS).unwrap();
    let jwt: Jwt<Claims> = Jwt::with_cache(JwksCache::new(JwksFile::new(&path)), "calculator");
    let ada = || Ok("ada".to_owned());
    assert_eq!(verify(&jwt, token("ES256")).await, ada());
    // A bad file, and then none at all.
    std::fs::write(&path, "{").unwrap();
    after(61).await;
    assert_eq!(verify(&jwt, token("ES256")).await, ada());
    std::fs::remove_file(&path).unwrap();
    after(61).await;
    assert_eq!(verify(&jwt, token("ES256")).await, ada());
    // A key that was removed ends after the next time that the file was read.
    std::fs::write(&path, without("ES256")).unwrap();
    after(61).await;
    while verify(&jwt, token("ES256")).await == ada() {
        tokio::task::yield_now().await;
    }
    assert_eq!(verify(&jwt, token("RS256")).await, ada());
    // A new key is known at once.
    std::fs::write(&path, JWKS).unwrap();
    after(11).await;
    assert_eq!(verify(&jwt, token("ES256")).await, ada());
}

#[tokio::test(start_paused = true)]
async fn without_a_file_calls_are_unavailable() {
    let jwt: Jwt<Claims> = Jwt::with_cache(JwksCache::new(JwksFile::new("no such file")), "calculator");
    assert_eq!(verify(&jwt, token("ES256")).await, Err(Code::Unavailable));
}
