namespace EventStore.EF.Generators.Model;

/// <summary>A property or field that is written to or read from JSON.</summary>
/// <param name="Name">Its name in C#.</param>
/// <param name="DeclaringType">The type that declares it.</param>
/// <param name="Value">Its type.</param>
/// <param name="JsonName">Its name in JSON.</param>
/// <param name="HasExplicitName">Whether <c>[JsonPropertyName]</c> gives that name.</param>
/// <param name="Get">The access to read it.</param>
/// <param name="Set">The access to set it after construction.</param>
/// <param name="IsRequired">Whether JSON without it is refused.</param>
/// <param name="Order">Its <c>JsonPropertyOrder</c>; 0 by default.</param>
/// <param name="Ignore">The name of the <c>JsonIgnoreCondition</c> under which it is left out, if any.</param>
/// <param name="Converter">An expression for its own converter, if any; <c>options</c> is in scope.</param>
/// <param name="Handling">Its handling attributes.</param>
/// <param name="IsStored">Whether setting it only stores the value, so that the order in which members are set doesn't matter.</param>
/// <param name="IsExtensionData">Whether it receives the JSON members that no other member matches.</param>
/// <param name="HasUserConverter">Whether its converter is code of the user, which may write anything.</param>
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
    bool IsExtensionData,
    bool HasUserConverter)
{
    /// <summary>Whether it has no converter, or one whose output straight-line code can write and read itself.</summary>
    public bool IsStraight => Converter is null || Value.Present.Kind == ValueKind.EnumName;
}

/// <summary>The way generated code accesses a member.</summary>
/// <param name="Kind">The kind of access.</param>
/// <param name="Accessor">The accessor to call, unless the access is direct.</param>
internal sealed record Access(AccessKind Kind, string? Accessor = null)
{
    public static readonly Access None = new(AccessKind.None);
    public static readonly Access Direct = new(AccessKind.Direct);
}

internal enum AccessKind
{
    /// <summary>No access.</summary>
    None,

    /// <summary>Directly, as in any code.</summary>
    Direct,

    /// <summary>Through an <c>[UnsafeAccessor]</c> for a getter or setter that is init-only or inaccessible.</summary>
    Accessor,

    /// <summary>Through an <c>[UnsafeAccessor]</c> that returns a reference to a field.</summary>
    FieldAccessor,
}
