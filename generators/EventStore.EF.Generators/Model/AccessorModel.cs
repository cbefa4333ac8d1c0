namespace EventStore.EF.Generators.Model;

/// <summary>An <c>[UnsafeAccessor]</c> method.</summary>
/// <param name="Name">Its name in the generated class, type arguments of a generic declaring type not included.</param>
/// <param name="Kind">Constructor, Method or Field.</param>
/// <param name="Target">The name of what it reaches; none for a constructor.</param>
/// <param name="Returns">What it returns, in terms of the declaring type's parameters.</param>
/// <param name="Parameters">Its parameters, likewise.</param>
/// <param name="TypeParameters">The declaring type's parameters: <c>&lt;T, U&gt;</c>, or nothing.</param>
/// <param name="Constraints">Their constraints, which must be repeated.</param>
internal sealed record AccessorModel(
    string Name,
    string Kind,
    string? Target,
    string Returns,
    string Parameters,
    string TypeParameters,
    string Constraints);
