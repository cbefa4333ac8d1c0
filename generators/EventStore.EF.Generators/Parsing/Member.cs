using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>A property or field that System.Text.Json would consider.</summary>
/// <param name="Symbol">The property or field.</param>
/// <param name="Type">Its type.</param>
/// <param name="JsonName">Its name in JSON.</param>
/// <param name="HasExplicitName">Whether <c>[JsonPropertyName]</c> gives that name.</param>
/// <param name="Ignore">The name of the <c>JsonIgnoreCondition</c> under which it is left out, if any.</param>
internal sealed record Member(ISymbol Symbol, ITypeSymbol Type, string JsonName, bool HasExplicitName, string? Ignore)
{
    public bool IsIgnored => Ignore == "Always";

    /// <summary>Whether it has no attributes, which is true of most members.</summary>
    public bool IsPlain { get; } = Symbol.GetAttributes().IsEmpty;

    public bool IsExtensionData => Json("JsonExtensionDataAttribute") is not null;

    /// <summary>An attribute of System.Text.Json.</summary>
    public AttributeData? Json(string name) => IsPlain ? null : Symbol.Json(name);
}
