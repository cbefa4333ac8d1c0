using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>Types that System.Text.Json has converters for; the library has their metadata.</summary>
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
            SpecialType.None => Named(type),
            _ => null,
        };
    }

    private static ValueModel? Named(ITypeSymbol type)
    {
        var kind = type.Name switch
        {
            "Guid" or "DateTimeOffset" => ValueKind.Text,
            "DateOnly" or "TimeOnly" or "TimeSpan" or "Uri" or "Version" or "Int128" or "UInt128" or "Half" or "JsonElement"
                => ValueKind.Converter,
            _ => ValueKind.Shape,
        };
        if (kind == ValueKind.Shape || type is not INamedTypeSymbol { Arity: 0, ContainingType: null })
            return null;

        var expected = type.Name == "JsonElement" ? "System.Text.Json" : "System";
        return type.ContainingNamespace.ToDisplayString() == expected
            ? new(type.Code(), kind, kind == ValueKind.Converter ? type.Name + "Converter" : "")
            : null;
    }
}
