using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>A property or field that System.Text.Json would consider.</summary>
/// <param name="Symbol">The property or field.</param>
/// <param name="Type">Its type.</param>
/// <param name="JsonName">Its name in JSON.</param>
/// <param name="HasExplicitName">Whether that was given by <c>[JsonPropertyName]</c>.</param>
/// <param name="Ignore">When it is left out: the name of a <c>JsonIgnoreCondition</c>.</param>
internal sealed record Member(ISymbol Symbol, ITypeSymbol Type, string JsonName, bool HasExplicitName, string? Ignore)
{
    public bool IsIgnored => Ignore == "Always";

    /// <summary>Whether it has no attributes, as most have none.</summary>
    public bool IsPlain { get; } = Symbol.GetAttributes().IsEmpty;

    public bool IsExtensionData => Json("JsonExtensionDataAttribute") is not null;

    /// <summary>An attribute of System.Text.Json.</summary>
    public AttributeData? Json(string name) => IsPlain ? null : Symbol.Json(name);
}
