using EventStore.EF.Generators.Diagnostics;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>Finds the user's converters, given by <c>[JsonConverter]</c> or registered by the assembly.</summary>
internal static class Converters
{
    private const string Base = KnownNames.JsonNamespace + ".JsonConverter";

    /// <summary>The converter of a type, or <see langword="null"/> if it has none.</summary>
    public static UsedConverter? OfType(INamedTypeSymbol type, ParseContext context, ISymbol site) => Of(type, type, context, site);

    /// <summary>The converter of a member of type <paramref name="type"/>, or <see langword="null"/>.</summary>
    public static UsedConverter? OfMember(ISymbol member, ITypeSymbol type, ParseContext context) => Of(member, type, context, member);

    /// <summary>The converter that the assembly registers for a type, or <see langword="null"/>.</summary>
    public static UsedConverter? Registered(ITypeSymbol type, ParseContext context)
        => context.Converters.Find(type) is { } registered
            ? new(Expression(registered.Converter, type), registered.Converter, registered.Uses)
            : null;

    private static UsedConverter? Of(ISymbol marked, ITypeSymbol type, ParseContext context, ISymbol site)
    {
        var attribute = marked.GetAttributes().FirstOrDefault(a => a.AttributeClass is { } c
            && c.Hierarchy().Any(t => t.FullName() == KnownNames.JsonNamespace + ".JsonConverterAttribute"));
        if (attribute is null)
            return null;
        var converter = attribute.ConstructorArguments.FirstOrDefault() is { Kind: TypedConstantKind.Type, Value: INamedTypeSymbol named }
            ? named
            : null;
        if (converter?.TypeKind == TypeKind.Error)
        {
            context.LeaveToCompiler();
            return UsedConverter.Unusable;
        }

        if (Problem(converter, type, context.Compilation) is { } problem)
        {
            context.Report(Descriptors.NotSerializable, site, context.Place(site), problem);
            return UsedConverter.Unusable;
        }

        return new(Expression(converter!, type), converter, []);
    }

    private static string? Problem(INamedTypeSymbol? converter, ITypeSymbol type, Compilation compilation)
    {
        const string Unusable
            = "generated code can't create its converter; use a closed, accessible type with a parameterless constructor";
        if (converter is null)
            return Unusable;
        if (!IsConverter(converter))
            return $"'{converter.Display()}' is not a JsonConverter of System.Text.Json";
        if (!CanBeMade(converter, compilation))
            return Unusable;
        if (IsOfEnums(converter))
            return type.Underlying().TypeKind == TypeKind.Enum ? null : "JsonStringEnumConverter is for enums";
        return Converted(converter) is { } converted
            && !converted.Equals(type, SymbolEqualityComparer.Default)
            && !converted.Equals(type.Underlying(), SymbolEqualityComparer.Default)
            ? $"'{converter.Display()}' converts '{converted.Display()}', not '{type.Display()}'"
            : null;
    }

    /// <summary>Whether generated code can create the converter with <c>new</c>.</summary>
    public static bool CanBeMade(INamedTypeSymbol converter, Compilation compilation)
        => converter is { IsUnboundGenericType: false, IsAbstract: false }
            && converter.IsReachable(compilation)
            && converter.InstanceConstructors.Any(constructor =>
                constructor.Parameters.Length == 0 && compilation.IsSymbolAccessibleWithin(constructor, compilation.Assembly));

    /// <summary>Whether the type derives from <c>JsonConverter</c>.</summary>
    public static bool IsConverter(INamedTypeSymbol type)
        => type.Hierarchy().Any(t => t is { Name: "JsonConverter", Arity: 0 } && t.FullName() == Base);

    /// <summary>The type that a <c>JsonConverter&lt;T&gt;</c> converts; null for a factory.</summary>
    public static ITypeSymbol? Converted(INamedTypeSymbol converter) => converter.Hierarchy()
        .FirstOrDefault(t => t is { Name: "JsonConverter", Arity: 1 } && t.FullName() == Base + "`1")?.TypeArguments[0];

    /// <summary>Whether an enum, or a member with an enum type, has the converter that stores names.</summary>
    public static bool StoresNames(ISymbol marked, ITypeSymbol type)
        => marked.Json("JsonConverterAttribute")?.ConstructorArguments.FirstOrDefault().Value is INamedTypeSymbol converter
            && WritesNames(converter, type);

    /// <summary>Whether a converter is the one that stores the names of the enum.</summary>
    public static bool WritesNames(INamedTypeSymbol converter, ITypeSymbol type)
        => IsOfEnums(converter)
            || (converter is { Name: "JsonStringEnumConverter", Arity: 1 }
                && converter.ContainingNamespace.FullName() == KnownNames.JsonNamespace
                && converter.TypeArguments[0].Equals(type.Underlying(), SymbolEqualityComparer.Default));

    /// <summary>Whether it is the converter that stores all enums by name.</summary>
    public static bool IsOfEnums(INamedTypeSymbol converter)
        => converter is { Name: "JsonStringEnumConverter", Arity: 0 }
            && converter.FullName() == KnownNames.JsonNamespace + ".JsonStringEnumConverter";

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

/// <summary>A converter that a type or member has.</summary>
/// <param name="Expression">An expression that creates it; <c>options</c> is in scope.</param>
/// <param name="Symbol">The converter; null if it can't be used, which is reported.</param>
/// <param name="Uses">The types that it asks its options for, as far as the registration names them.</param>
internal sealed record UsedConverter(string Expression, INamedTypeSymbol? Symbol, IReadOnlyList<ITypeSymbol> Uses)
{
    public static readonly UsedConverter Unusable = new("null", null, []);
}
