using EventStore.EF.Generators.Diagnostics;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>Finds the user's converters, given by <c>[JsonConverter]</c>.</summary>
internal static class Converters
{
    /// <summary>An expression for the converter of a type, or <see langword="null"/> if it has none.</summary>
    public static string? OfType(INamedTypeSymbol type, ParseContext context, ISymbol site) => Of(type, type, context, site);

    /// <summary>An expression for the converter of a member of type <paramref name="type"/>, or <see langword="null"/>.</summary>
    public static string? OfMember(ISymbol member, ITypeSymbol type, ParseContext context) => Of(member, type, context, member);

    private static string? Of(ISymbol marked, ITypeSymbol type, ParseContext context, ISymbol site)
    {
        var attribute = marked.GetAttributes().FirstOrDefault(a => a.AttributeClass is { } c
            && c.Hierarchy().Any(t => t.FullName() == KnownNames.JsonNamespace + ".JsonConverterAttribute"));
        if (attribute is null)
            return null;
        if (attribute.ConstructorArguments.FirstOrDefault() is { Kind: TypedConstantKind.Type, Value: INamedTypeSymbol converter }
            && CanBeMade(converter, context.Compilation))
        {
            if (IsOfEnums(converter) && type.Underlying().TypeKind != TypeKind.Enum)
            {
                context.Report(Descriptors.NotSerializable, site, site.Display(), "JsonStringEnumConverter is for enums");
                return "null";
            }

            return Expression(converter, type);
        }

        context.Report(
            Descriptors.NotSerializable,
            site,
            site.Display(),
            "generated code can't create its converter; use a closed, accessible type with a parameterless constructor");
        return "null";
    }

    private static bool CanBeMade(INamedTypeSymbol converter, Compilation compilation)
        => converter is { IsUnboundGenericType: false, IsAbstract: false }
            && converter.IsReachable(compilation)
            && converter.InstanceConstructors.Any(constructor =>
                constructor.Parameters.Length == 0 && compilation.IsSymbolAccessibleWithin(constructor, compilation.Assembly));

    /// <summary>Whether an enum, or a member with an enum type, has the converter that stores names.</summary>
    public static bool StoresNames(ISymbol marked, ITypeSymbol type)
        => marked.Json("JsonConverterAttribute")?.ConstructorArguments.FirstOrDefault().Value is INamedTypeSymbol converter
            && (IsOfEnums(converter)
                || (converter is { Name: "JsonStringEnumConverter", Arity: 1 }
                    && converter.ContainingNamespace.FullName() == KnownNames.JsonNamespace
                    && converter.TypeArguments[0].Equals(type.Underlying(), SymbolEqualityComparer.Default)));

    private static bool IsOfEnums(INamedTypeSymbol converter)
        => converter.FullName() == KnownNames.JsonNamespace + ".JsonStringEnumConverter";

    private static string Expression(INamedTypeSymbol converter, ITypeSymbol type)
    {
        const string Make = "global::EventStore.EF.EventJson.";
        var underlying = type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable
            ? nullable.TypeArguments[0]
            : null;
        var code = IsOfEnums(converter)
            ? $"{converter.Code()}<{(underlying ?? type).Code()}>" // Native AOT doesn't allow the non-generic converter.
            : converter.Code();
        return underlying is null
            ? $"{Make}Converter<{type.Code()}>(new {code}(), options)"
            : $"{Make}NullableConverter<{underlying.Code()}>(new {code}(), options)";
    }
}
