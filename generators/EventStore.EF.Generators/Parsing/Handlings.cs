using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>Refuses attributes at compile time that the runtime would refuse on first use.</summary>
internal static class Handlings
{
    private const string NoArguments = "requires a type with a parameterless constructor; the members of other types are always replaced";

    /// <summary>The problem with the type as a whole, or <see langword="null"/>.</summary>
    public static string? Problem(INamedTypeSymbol type, IMethodSymbol? constructor, IReadOnlyList<Member> members)
    {
        if (constructor is { Parameters.Length: > 0 } && IsPopulated(type))
            return $"[JsonObjectCreationHandling] {NoArguments}";
        return members.Count(member => member is { IsExtensionData: true, IsIgnored: false }) > 1
            ? "two members are marked [JsonExtensionData]; mark only one"
            : null;
    }

    /// <summary>The problem with the member, or <see langword="null"/>.</summary>
    public static string? Problem(Member member, bool isBound, IMethodSymbol? constructor)
    {
        if (member.IsExtensionData)
        {
            if (isBound)
                return "the constructor can't take extension data; make it a property with a setter";
            return IsExtensionData(member.Type)
                ? null
                : "extension data of this type can't be written and read; use Dictionary<string, JsonElement>";
        }

        if (IsPopulated(member.Symbol))
        {
            if (constructor is { Parameters.Length: > 0 })
                return $"[JsonObjectCreationHandling] {NoArguments}";
            if (!CanBeFilled(member.Type))
                return $"a '{member.Type.Display()}' can't be populated, only replaced; remove [JsonObjectCreationHandling]";
        }

        return member.Symbol.Json("JsonNumberHandlingAttribute") is not null && !IsOfNumbers(member.Type)
            ? "[JsonNumberHandling] is for numbers and collections of numbers"
            : null;
    }

    /// <summary>Whether the member has its own <c>[JsonObjectCreationHandling]</c>, which counts before its type's.</summary>
    public static bool IsDecided(ISymbol symbol) => symbol.Json("JsonObjectCreationHandlingAttribute") is not null;

    /// <summary>Whether <c>[JsonObjectCreationHandling]</c> says that an existing value is filled.</summary>
    public static bool IsPopulated(ISymbol symbol)
        => symbol.Json("JsonObjectCreationHandlingAttribute")?.ConstructorArguments[0].Value is 1;

    /// <summary>Whether an existing value of the type can be filled.</summary>
    public static bool CanBeFilled(ITypeSymbol type)
        => type is INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct or TypeKind.Interface } named
            && BuiltInTypes.Find(type) is null
            && !Polymorphism.IsPolymorphic(named)
            && Collections.Find(named)?.Kind is null or { CreateRange: null, Enumerated: not Enumerated.Span };

    /// <summary>System.Text.Json reads a JsonObject, but writes it as an object without a name, which is no JSON.</summary>
    private static bool IsExtensionData(ITypeSymbol type)
        => type is INamedTypeSymbol { Name: "Dictionary" or "IDictionary", Arity: 2 } named
            && Collections.Find(named) is { Key.SpecialType: SpecialType.System_String } found
            && (found.Element.SpecialType == SpecialType.System_Object
                || BuiltInTypes.Find(found.Element) is { Detail: "JsonElementConverter" });

    private static bool IsOfNumbers(ITypeSymbol type)
    {
        var underlying = type.Underlying();
        var element = underlying switch
        {
            IArrayTypeSymbol array => array.ElementType,
            INamedTypeSymbol named => Collections.Find(named)?.Element,
            _ => null,
        };
        return IsNumber(underlying)
            || (element is not null && (IsNumber(element.Underlying()) || element.SpecialType == SpecialType.System_Object));
    }

    private static bool IsNumber(ITypeSymbol type) => BuiltInTypes.Find(type) switch
    {
        { Kind: ValueKind.Number } => true,
        { Detail: "HalfConverter" or "Int128Converter" or "UInt128Converter" } => true,
        _ => false,
    };
}
