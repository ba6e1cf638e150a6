/// Who calls?
#[interceptor]
pub async fn authenticate(
    tokens: &Tokens,
    #[metadata("authorization")] token: Bearer<'_>,
) -> Result<Caller, AuthError> {
    tokens.verify(&token).await
}
