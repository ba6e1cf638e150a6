/// In front of every service.
#[interceptor(access_log(), caller = authenticate(tokens))]
#[require_metadata("x-tenant")]
pub async fn base(tokens: &Tokens, caller: &Caller, call: &Call) -> Result<Caller, Status> {
    admit(call, caller).await
}
