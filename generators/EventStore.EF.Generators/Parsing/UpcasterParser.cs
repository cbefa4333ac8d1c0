using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>Parses a class that implements one of the upcaster interfaces.</summary>
internal static class UpcasterParser
{
    /// <summary>The model or the problem. Both are null for abstract types and for types that aren't upcasters.</summary>
    public static (UpcasterModel? Model, string? Problem) Parse(INamedTypeSymbol type, Compilation compilation)
    {
        if (type.IsAbstract || type.IsStatic)
            return default;
        var typed = Sources(type);
        var isJson = type.AllInterfaces.Any(i => i.FullName() == KnownNames.JsonUpcaster);
        if (typed.Count == 0 && !isJson)
            return default;
        // Generated code can't name it; that is reported where the event is declared.
        if (typed.SelectMany(source => new[] { source.From, source.To }).OfType<ITypeSymbol>().Any(UnsupportedTypes.IsObsoleteError))
            return default;
        if (Problem(type, typed, compilation) is { } problem)
            return (null, problem);

        var json = isJson ? Json(type) : null;
        if (isJson && json is null)
            return (null, "a JSON upcaster needs [JsonUpcaster(\"name\", version)], which says what it reads");
        if (json is not null && (json.Version < 1 || (json.ToName == json.Name && json.ToVersion <= json.Version)))
            return (null, "it must lead from a version, counted from 1, to a later one");

        var upcasts = typed.Select(source => new UpcastModel(source.From.Code(), source.To?.Code()));
        return (new(type.TypeName(), upcasts.ToEquatableArray(), json), null);
    }

    /// <summary>The types that a class reads, with the type that it turns each into.</summary>
    public static IReadOnlyList<(ITypeSymbol From, ITypeSymbol? To)> Sources(INamedTypeSymbol type) =>
    [
        .. type.AllInterfaces
            .Where(i => i.Name is "IUpcaster" or "ISplittingUpcaster"
                && i.FullName() is KnownNames.Upcaster or KnownNames.SplittingUpcaster)
            .Select(i => (i.TypeArguments[0], i.Arity == 2 ? i.TypeArguments[1] : null))
            .OrderBy(source => source.Item1.Code(), StringComparer.Ordinal),
    ];

    /// <summary>The stored version that a class reads as JSON, or null.</summary>
    public static JsonUpcastModel? Json(INamedTypeSymbol type)
    {
        if (type.Attribute(KnownNames.JsonUpcasterAttribute) is not { ConstructorArguments: { Length: 2 } arguments } attribute
            || arguments[0].Value is not string name || arguments[1].Value is not int version)
        {
            return null;
        }

        var (toName, toVersion) = (name, version + 1);
        foreach (var argument in attribute.NamedArguments)
        {
            if (argument is { Key: "ToName", Value.Value: string other })
                toName = other;
            else if (argument is { Key: "ToVersion", Value.Value: int number and not 0 })
                toVersion = number;
        }

        return new(name, version, toName, toVersion);
    }

    private static string? Problem(
        INamedTypeSymbol type, IReadOnlyList<(ITypeSymbol From, ITypeSymbol? To)> typed, Compilation compilation)
    {
        for (var t = type; t is not null; t = t.ContainingType)
        {
            if (t.Arity > 0)
                return "it is generic: make it abstract, and derive a closed class from it";
        }

        if (!type.IsReachable(compilation))
            return "generated code can't reach it: make it, and the types it is nested in, public or internal";
        if (!type.InstanceConstructors.Any(c => c.Parameters.Length == 0 && compilation.IsSymbolAccessibleWithin(c, compilation.Assembly)))
            return "it has no accessible parameterless constructor: an upcaster is a pure function of the event";
        return typed
            .SelectMany(source => new[] { source.From, source.To })
            .FirstOrDefault(e => e is not null && !e.IsEvent()) is { } unmarked
            ? $"'{unmarked.Display()}' is not marked [Event]"
            : null;
    }
}
