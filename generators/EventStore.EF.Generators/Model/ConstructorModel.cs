namespace EventStore.EF.Generators.Model;

/// <summary>How an object is made.</summary>
/// <param name="Kind">The way.</param>
/// <param name="Accessor">The accessor to call where <c>new</c> isn't allowed: private, or it leaves required members unset.</param>
/// <param name="Parameters">What it takes.</param>
internal sealed record ConstructorModel(ConstructorKind Kind, string? Accessor, EquatableArray<ParameterModel> Parameters);

internal enum ConstructorKind
{
    /// <summary>By a constructor.</summary>
    Constructor,

    /// <summary>It is the default value of a struct, and no constructor runs.</summary>
    DefaultValue,

    /// <summary>Not at all: it is an interface or abstract, and a derived type is made instead.</summary>
    None,
}

/// <summary>A parameter of a constructor.</summary>
/// <param name="Name">Its name in C#.</param>
/// <param name="Type">Its type.</param>
/// <param name="Default">An expression for the default value, if it has one.</param>
/// <param name="JsonName">The name in JSON of the member that it sets.</param>
internal sealed record ParameterModel(string Name, string Type, string? Default, string JsonName);
