using EventStore.EF.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Contracts;

/// <summary>The types whose JSON is a single value, with their names in contracts.</summary>
internal static class JsonTypes
{
    private const string JsonValue = "json";

    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["System.Guid"] = "guid",
        ["System.DateTimeOffset"] = "datetimeoffset",
        ["System.DateOnly"] = "date",
        ["System.TimeOnly"] = "time",
        ["System.TimeSpan"] = "duration",
        ["System.Uri"] = "uri",
        ["System.Version"] = "version",
        ["System.Int128"] = "int128",
        ["System.UInt128"] = "uint128",
        ["System.Half"] = "half",
        ["System.Text.Json.JsonElement"] = JsonValue,
        ["System.Text.Json.JsonDocument"] = JsonValue,
        ["System.Text.Json.Nodes.JsonNode"] = JsonValue,
        ["System.Text.Json.Nodes.JsonObject"] = JsonValue,
        ["System.Text.Json.Nodes.JsonArray"] = JsonValue,
        ["System.Text.Json.Nodes.JsonValue"] = JsonValue,
    };

    public static string? Find(ITypeSymbol type) => type.SpecialType switch
    {
        SpecialType.System_Boolean => "bool",
        SpecialType.System_Char => "char",
        SpecialType.System_SByte => "sbyte",
        SpecialType.System_Byte => "byte",
        SpecialType.System_Int16 => "short",
        SpecialType.System_UInt16 => "ushort",
        SpecialType.System_Int32 => "int",
        SpecialType.System_UInt32 => "uint",
        SpecialType.System_Int64 => "long",
        SpecialType.System_UInt64 => "ulong",
        SpecialType.System_Decimal => "decimal",
        SpecialType.System_Single => "float",
        SpecialType.System_Double => "double",
        SpecialType.System_String => "string",
        SpecialType.System_DateTime => "datetime",
        SpecialType.System_Object => JsonValue,
        SpecialType.None => Named(type),
        _ => null,
    };

    /// <summary>The types of key and value if the type's JSON is an object with arbitrary names.</summary>
    public static (ITypeSymbol Key, ITypeSymbol Value)? Map(ITypeSymbol type)
        => (Interface(type, "IDictionary`2") ?? Interface(type, "IReadOnlyDictionary`2")) is { } map
            ? (map.TypeArguments[0], map.TypeArguments[1])
            : null;

    /// <summary>The type of the elements if the type's JSON is an array.</summary>
    public static ITypeSymbol? Element(ITypeSymbol type)
        => type is IArrayTypeSymbol array ? array.ElementType : Interface(type, "IEnumerable`1")?.TypeArguments[0];

    private static INamedTypeSymbol? Interface(ITypeSymbol type, string name)
    {
        var candidates = type is INamedTypeSymbol named ? type.AllInterfaces.Prepend(named) : type.AllInterfaces;
        return candidates.FirstOrDefault(i => i.MetadataName == name && i.FullName() == "System.Collections.Generic." + name);
    }

    private static string? Named(ITypeSymbol type)
    {
        if (type is IArrayTypeSymbol { Rank: 1, ElementType.SpecialType: SpecialType.System_Byte })
            return "bytes";
        if (type is not INamedTypeSymbol named)
            return null;
        if (named is { Name: "Memory" or "ReadOnlyMemory", Arity: 1, ContainingNamespace.Name: "System" }
            && named.TypeArguments[0].SpecialType == SpecialType.System_Byte)
        {
            return "bytes";
        }

        return named.Arity == 0 && Names.TryGetValue(named.FullName(), out var name) ? name : null;
    }
}
