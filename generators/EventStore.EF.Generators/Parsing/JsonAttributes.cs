using System.Globalization;
using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>Reads the System.Text.Json attributes of types and members. Unsupported ones are refused, never ignored.</summary>
internal static class JsonAttributes
{
    private const string Prefix = KnownNames.JsonNamespace + ".";

    private static readonly HashSet<string> Understood = new(StringComparer.Ordinal)
    {
        "JsonPropertyNameAttribute", "JsonIgnoreAttribute", "JsonIncludeAttribute", "JsonRequiredAttribute", "JsonPropertyOrderAttribute",
        "JsonConverterAttribute", "JsonConstructorAttribute", "JsonSerializableAttribute", "JsonSourceGenerationOptionsAttribute",
        "JsonStringEnumMemberNameAttribute", "JsonPolymorphicAttribute", "JsonDerivedTypeAttribute", "JsonUnmappedMemberHandlingAttribute",
        "JsonNumberHandlingAttribute", "JsonExtensionDataAttribute", "JsonObjectCreationHandlingAttribute",
    };

    public static AttributeData? Json(this ISymbol symbol, string name) => symbol.Attribute(Prefix + name);

    /// <summary>The name of an unsupported attribute, or <see langword="null"/>.</summary>
    public static string? Unsupported(ISymbol symbol)
    {
        foreach (var attribute in symbol.GetAttributes())
        {
            for (var type = attribute.AttributeClass; type is not null; type = type.BaseType)
            {
                if (type.Name.StartsWith("Json", StringComparison.Ordinal)
                    && type.ContainingNamespace.FullName() == KnownNames.JsonNamespace)
                {
                    if (Understood.Contains(type.Name))
                        break;
                    return attribute.AttributeClass!.Name;
                }
            }
        }

        return null;
    }

    public static string Advice(string attribute)
        => $"[{(attribute.EndsWith("Attribute", StringComparison.Ordinal) ? attribute.Substring(0, attribute.Length - 9) : attribute)}] "
            + "isn't supported in events; use members of concrete types instead, or a [JsonConverter]";

    /// <summary>The name of the <c>JsonIgnoreCondition</c> under which the member is left out, or <see langword="null"/>.</summary>
    public static string? Ignore(ISymbol member)
    {
        if (member.Json("JsonIgnoreAttribute") is not { } attribute)
            return null;
        foreach (var argument in attribute.NamedArguments)
        {
            if (argument is { Key: "Condition", Value: { Type: INamedTypeSymbol type, Value: { } number } })
                return type.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(field => number.Equals(field.ConstantValue))?.Name;
        }

        return "Always";
    }

    public static Handling Handling(ISymbol symbol) => new(
        Expression(symbol, "JsonNumberHandling"),
        Expression(symbol, "JsonObjectCreationHandling"),
        Expression(symbol, "JsonUnmappedMemberHandling"));

    private static string? Expression(ISymbol symbol, string enumName)
        => symbol.Json(enumName + "Attribute")?.ConstructorArguments[0].Value is int number
            ? $"(global::{Prefix}{enumName}){number.ToString(CultureInfo.InvariantCulture)}"
            : null;

    public static string? Name(ISymbol member) => member.Json("JsonPropertyNameAttribute")?.ConstructorArguments[0].Value as string;

    public static int Order(ISymbol member) => member.Json("JsonPropertyOrderAttribute")?.ConstructorArguments[0].Value as int? ?? 0;
}
