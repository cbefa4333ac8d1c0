using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>The types that System.Text.Json has converters for. The library has their metadata.</summary>
internal static class BuiltInTypes
{
    public static ValueModel? Find(ITypeSymbol type)
    {
        if (type is IArrayTypeSymbol { Rank: 1, ElementType.SpecialType: SpecialType.System_Byte })
            return new("byte[]", ValueKind.Base64);

        return type.SpecialType switch
        {
            SpecialType.System_Boolean => new(type.Code(), ValueKind.Boolean),
            SpecialType.System_Char => new(type.Code(), ValueKind.Char),
            SpecialType.System_String or SpecialType.System_DateTime => new(type.Code(), ValueKind.Text),
            >= SpecialType.System_SByte and <= SpecialType.System_Double => new(type.Code(), ValueKind.Number),
            SpecialType.System_Object => new(type.Code(), ValueKind.Metadata),
            SpecialType.None => Named(type),
            _ => null,
        };
    }

    private static ValueModel? Named(ITypeSymbol type)
    {
        var ns = type.Name switch
        {
            "Guid" or "DateTimeOffset" or "DateOnly" or "TimeOnly" or "TimeSpan" or "Uri" or "Version" => "System",
            "Int128" or "UInt128" or "Half" or "Memory" or "ReadOnlyMemory" => "System",
            "JsonElement" or "JsonDocument" => "System.Text.Json",
            "JsonNode" or "JsonObject" or "JsonArray" or "JsonValue" => "System.Text.Json.Nodes",
            _ => null,
        };
        if (ns is null || type is not INamedTypeSymbol { ContainingType: null } named || type.ContainingNamespace.FullName() != ns)
            return null;
        if (type.Name is "Guid" or "DateTimeOffset")
            return new(type.Code(), ValueKind.Text);
        if (named.Arity == 0)
            return new(type.Code(), ValueKind.Converter, type.Name + "Converter");
        return named.TypeArguments[0].SpecialType == SpecialType.System_Byte
            ? new(type.Code(), ValueKind.Converter, type.Name + "ByteConverter")
            : null;
    }
}
