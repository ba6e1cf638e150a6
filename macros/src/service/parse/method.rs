use syn::Visibility;

use super::attributes::Attributes;
use crate::args::parameter::ParameterAttributes;
use crate::common::errors::Errors;
use crate::syntax::function::FnSyntax;

/// A method of an annotated impl.
pub(crate) struct MethodSyntax {
    pub(crate) attributes: Attributes,
    /// The method without its attributes, and without our attributes on its parameters.
    pub(crate) item: FnSyntax,
    /// The attributes of each parameter.
    pub(crate) parameters: Vec<ParameterAttributes>,
    /// The mistakes found so far. They stay with the method, so that all mistakes are reported in source order.
    pub(crate) errors: Errors,
}

impl MethodSyntax {
    pub(crate) fn parse(mut item: FnSyntax) -> Self {
        let mut errors = Errors::default();
        let attributes = Attributes::of_method(std::mem::take(&mut item.attrs), &mut errors);
        if let Visibility::Public(public) = &item.vis {
            errors.error(public, "a method of a trait is as public as the trait; remove `pub`");
        }
        let parameters = ParameterAttributes::take_all(&mut item.sig, &mut errors);
        Self { attributes, item, parameters, errors }
    }
}
