using EventStore.EF.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Contracts;

internal enum ConverterKind
{
    /// <summary>The converter of System.Text.Json that stores an enum by name.</summary>
    EnumName,

    /// <summary>A converter of the user, whose output can't be known.</summary>
    Custom,
}

/// <summary>Finds the attributes that change the stored form of a member or a type.</summary>
internal static class ContractConverters
{
    private const int WriteAsString = 2;

    public static ConverterKind? Of(ISymbol symbol)
    {
        var attribute = symbol.GetAttributes().FirstOrDefault(a => a.AttributeClass is { } c
            && c.Hierarchy().Any(t =>
                t.Name == "JsonConverterAttribute" && t.FullName() == KnownNames.JsonNamespace + ".JsonConverterAttribute"));
        if (attribute is null)
            return null;
        return attribute.ConstructorArguments.FirstOrDefault() is { Kind: TypedConstantKind.Type, Value: INamedTypeSymbol converter }
            && converter.Name == "JsonStringEnumConverter"
            && converter.ContainingNamespace.ToDisplayString() == KnownNames.JsonNamespace
            ? ConverterKind.EnumName
            : ConverterKind.Custom;
    }

    public static bool WritesNumbersAsText(ISymbol member)
    {
        var attribute = member.Json("JsonNumberHandlingAttribute") ?? member.ContainingType?.Json("JsonNumberHandlingAttribute");
        return attribute?.ConstructorArguments.FirstOrDefault().Value is int handling && (handling & WriteAsString) != 0;
    }
}
