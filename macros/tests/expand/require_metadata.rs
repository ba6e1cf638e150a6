#[require_metadata("request-id")]
impl Calculatrice for Calculator {
    #[require_metadata(tenant: TenantId = "x-tenant-id", "trace-bin", code = PermissionDenied, message = "no tenant")]
    #[interceptor(quota(tenant))]
    async fn addition(&self, request: AdditionRequest, tenant: &TenantId) -> Result<AdditionResponse, CalcError> {
        body()
    }
}
