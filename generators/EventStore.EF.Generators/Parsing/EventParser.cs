using EventStore.EF.Generators.Diagnostics;
using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>Parses a type marked <c>[Event]</c>.</summary>
internal static class EventParser
{
    /// <summary>The model, unless there is an error, and everything found.</summary>
    public static (EventModel? Model, IReadOnlyList<Finding> Findings) Parse(
        INamedTypeSymbol type, AttributeData attribute, Compilation compilation, CancellationToken ct)
    {
        var context = new ParseContext(compilation, type, ct);
        var contract = Contract(type, attribute);
        if (NameProblem(contract) is { } problem)
            context.Report(Descriptors.InvalidName, type, type.Display(), problem);
        if (Unfit(type) is { } reason)
            context.Report(Descriptors.NotConcrete, type, type.Display(), reason);
        else if (!type.IsReachable(compilation))
            context.Report(Descriptors.EventNotAccessible, type, type.Display());
        else
            new ShapeParser(context).Value(type, type);

        if (context.HasErrors || context.Find(type) is null)
            return (null, context.Findings);

        var code = type.Code();
        var shapes = Readers.Mark([.. context.Shapes]).ToList();
        var shape = shapes.Single(own => own.Type.Code == code);
        var closure = shapes
            .Where(other => other != shape)
            .OrderBy(other => other.Type.Code, StringComparer.Ordinal)
            .ToEquatableArray();
        var aliases = contract.Aliases.OfType<string>().ToEquatableArray();
        return (new(contract.Name!, contract.Version, aliases, shape, closure), context.Findings);
    }

    /// <summary>The stored name, version and aliases as declared, right or wrong.</summary>
    public static (string? Name, int Version, IReadOnlyList<string?> Aliases) Contract(INamedTypeSymbol type, AttributeData attribute)
    {
        var name = attribute.ConstructorArguments.Length == 1
            ? attribute.ConstructorArguments[0].Value as string
            : EventNames.KebabCase(type.Name);
        var version = 1;
        IReadOnlyList<string?> aliases = [];
        foreach (var argument in attribute.NamedArguments)
        {
            if (argument is { Key: "Version", Value.Value: int number })
                version = number;
            else if (argument is { Key: "Aliases", Value: { Kind: TypedConstantKind.Array, IsNull: false } })
                aliases = [.. argument.Value.Values.Select(value => value.Value as string)];
        }

        return (name, version, aliases);
    }

    private static string? NameProblem((string? Name, int Version, IReadOnlyList<string?> Aliases) contract)
    {
        var problem = contract.Aliases.Prepend(contract.Name).Select(EventNames.Problem).FirstOrDefault(text => text is not null);
        if (problem is not null)
            return problem;
        if (contract.Version < 1)
            return $"its version is {contract.Version}, versions count from 1";
        var repeated = contract.Aliases.Prepend(contract.Name).GroupBy(name => name).FirstOrDefault(group => group.Count() > 1);
        return repeated is null ? null : $"it has the name '{repeated.Key}' twice";
    }

    private static string? Unfit(INamedTypeSymbol type)
    {
        if (type.IsStatic)
            return "static";
        if (type.IsAbstract)
            return "abstract";
        if (type.IsRefLikeType)
            return "a ref struct";
        for (var t = type; t is not null; t = t.ContainingType)
        {
            if (t.Arity > 0)
                return "generic";
        }

        return null;
    }
}
