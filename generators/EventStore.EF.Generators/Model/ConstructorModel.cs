namespace EventStore.EF.Generators.Model;

/// <summary>The way an object is created.</summary>
/// <param name="Kind">The kind of creation.</param>
/// <param name="Accessor">The accessor to call if <c>new</c> isn't allowed: it is private, or leaves required members unset.</param>
/// <param name="Parameters">The parameters of the constructor.</param>
internal sealed record ConstructorModel(ConstructorKind Kind, string? Accessor, EquatableArray<ParameterModel> Parameters);

internal enum ConstructorKind
{
    /// <summary>By a constructor.</summary>
    Constructor,

    /// <summary>As the default value of a struct; no constructor runs.</summary>
    DefaultValue,

    /// <summary>Not at all: the type is an interface or abstract, and a derived type is created instead.</summary>
    None,
}

/// <summary>A parameter of a constructor.</summary>
/// <param name="Name">Its name in C#.</param>
/// <param name="Type">Its type.</param>
/// <param name="Default">An expression for the default value, if it has one.</param>
/// <param name="JsonName">The name in JSON of the member that it sets.</param>
internal sealed record ParameterModel(string Name, string Type, string? Default, string JsonName);
