use super::attributes::Attributes;
use crate::args::parameter::ParameterAttributes;
use crate::common::errors::Errors;
use crate::syntax::function::FnSyntax;

/// A method of an annotated impl.
pub(crate) struct MethodSyntax {
    pub(crate) attributes: Attributes,
    /// The method, whose attributes stand in `attributes` and whose parameters have lost ours.
    pub(crate) item: FnSyntax,
    /// The attributes of each parameter.
    pub(crate) parameters: Vec<ParameterAttributes>,
    /// The mistakes in the attributes. They stay with the method, so that all mistakes are reported in source order.
    pub(crate) errors: Errors,
}

impl MethodSyntax {
    pub(crate) fn parse(mut item: FnSyntax) -> Self {
        let mut errors = Errors::default();
        let attributes = Attributes::of_method(std::mem::take(&mut item.attrs), &mut errors);
        let parameters = ParameterAttributes::take_all(&mut item.sig, &mut errors);
        Self { attributes, item, parameters, errors }
    }
}
