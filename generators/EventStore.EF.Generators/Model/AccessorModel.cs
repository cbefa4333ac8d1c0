namespace EventStore.EF.Generators.Model;

/// <summary>An <c>[UnsafeAccessor]</c> method.</summary>
/// <param name="Name">Its name in the generated class, without the type arguments of a generic declaring type.</param>
/// <param name="Kind">Constructor, Method, StaticMethod or Field.</param>
/// <param name="Target">The name of the member it accesses; null for a constructor.</param>
/// <param name="Returns">Its return type, in terms of the declaring type's type parameters.</param>
/// <param name="Parameters">Its parameters, in the same terms.</param>
/// <param name="TypeParameters">The declaring type's type parameters: <c>&lt;T, U&gt;</c>, or empty.</param>
/// <param name="Constraints">Their constraints, which must be repeated.</param>
internal sealed record AccessorModel(
    string Name,
    string Kind,
    string? Target,
    string Returns,
    string Parameters,
    string TypeParameters,
    string Constraints);
