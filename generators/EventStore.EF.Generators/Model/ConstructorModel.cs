namespace EventStore.EF.Generators.Model;

/// <summary>How an object is made.</summary>
/// <param name="IsDefault">Whether it is the default value of a struct, and no constructor runs.</param>
/// <param name="Accessor">The accessor to call where <c>new</c> isn't allowed: private, or it leaves required members unset.</param>
/// <param name="Parameters">What it takes.</param>
internal sealed record ConstructorModel(bool IsDefault, string? Accessor, EquatableArray<ParameterModel> Parameters);

/// <summary>A parameter of a constructor.</summary>
/// <param name="Default">An expression for the default value, if it has one.</param>
internal sealed record ParameterModel(string Name, string Type, string? Default);
