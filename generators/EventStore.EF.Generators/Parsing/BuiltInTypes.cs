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

    private static ValueModel? Named(ITypeSymbol type) => type is not INamedTypeSymbol { Arity: 0 } named ? null : named.FullName() switch
    {
        "System.Guid" or "System.DateTimeOffset" => new(type.Code(), ValueKind.Text),
        "System.DateOnly" or "System.TimeOnly" or "System.TimeSpan" or "System.Uri" or "System.Version"
            or "System.Int128" or "System.UInt128" or "System.Half"
            => new(type.Code(), ValueKind.Converter, type.Name + "Converter"),
        "System.Text.Json.JsonElement" => new(type.Code(), ValueKind.Converter, "JsonElementConverter"),
        _ => null,
    };
}
