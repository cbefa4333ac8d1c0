namespace EventStore.EF.Generators.Model;

/// <summary>A property or field that is written to or read from JSON.</summary>
/// <param name="Name">Its name in C#.</param>
/// <param name="DeclaringType">The type that declares it.</param>
/// <param name="Value">Its type.</param>
/// <param name="JsonName">Its name in JSON.</param>
/// <param name="HasExplicitName">Whether that name was given by <c>[JsonPropertyName]</c>.</param>
/// <param name="Get">How it is read.</param>
/// <param name="Set">How it is set after construction.</param>
/// <param name="IsRequired">Whether JSON without it is refused.</param>
/// <param name="Order">Its place; 0 by default.</param>
/// <param name="Ignore">When it is left out: the name of a <c>JsonIgnoreCondition</c>.</param>
/// <param name="Converter">An expression for its own converter; <c>options</c> is in scope.</param>
/// <param name="Handling">What other attributes say.</param>
/// <param name="IsStored">Whether setting it stores the value and does nothing else, so that the order of setting doesn't matter.</param>
/// <param name="IsExtensionData">Whether it takes what no other member takes.</param>
internal sealed record MemberModel(
    string Name,
    string DeclaringType,
    ValueModel Value,
    string JsonName,
    bool HasExplicitName,
    Access Get,
    Access Set,
    bool IsRequired,
    int Order,
    string? Ignore,
    string? Converter,
    Handling Handling,
    bool IsStored,
    bool IsExtensionData)
{
    /// <summary>Whether its converter, if it has one, is one that generated code writes and reads like.</summary>
    public bool IsStraight => Converter is null || Value.Present.Kind == ValueKind.EnumName;
}

/// <summary>How a member is reached.</summary>
/// <param name="Kind">The way.</param>
/// <param name="Accessor">The accessor, unless it is reached directly.</param>
internal sealed record Access(AccessKind Kind, string? Accessor = null)
{
    public static readonly Access None = new(AccessKind.None);
    public static readonly Access Direct = new(AccessKind.Direct);
}

internal enum AccessKind
{
    /// <summary>It isn't.</summary>
    None,

    /// <summary>As any code does it.</summary>
    Direct,

    /// <summary>By an <c>[UnsafeAccessor]</c> of a getter or setter: init-only or not accessible.</summary>
    Accessor,

    /// <summary>By an <c>[UnsafeAccessor]</c> that returns a reference to a field.</summary>
    FieldAccessor,
}
