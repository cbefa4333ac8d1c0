using EventStore.EF.Generators.Diagnostics;
using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>Parses a type marked <c>[Event]</c>.</summary>
internal static class EventParser
{
    /// <summary>
    /// The model, or null if the type can't be an event, and the findings: errors, and advice if <paramref name="isAdvising"/>.
    /// </summary>
    public static (EventModel? Model, IReadOnlyList<Finding> Findings) Parse(
        INamedTypeSymbol type, AttributeData? attribute, Compilation compilation, bool isAdvising, CancellationToken ct)
    {
        var context = new ParseContext(compilation, type, isAdvising, isAdvising ? null : KnownTypes.Of(compilation), ct);
        var contract = Contract(type, attribute);
        if (NameProblem(contract) is { } problem)
            context.Report(Descriptors.InvalidName, type, type.Display(), problem);
        if (Unfit(type) is { } reason)
            context.Report(Descriptors.NotConcrete, type, type.Display(), reason);
        else if (!type.IsReachable(compilation))
            context.Report(Descriptors.EventNotAccessible, type, type.Display());
        if (context.HasErrors)
            return (null, context.Findings);

        var aliases = contract.Aliases.OfType<string>().ToEquatableArray();
        var model = new EventModel(contract.Name!, contract.Version, aliases, type.TypeName(), Shape: null, Closure: default);
        if (HasOwnSerializer(attribute))
            return (model with { HasOwnSerializer = true }, context.Findings);
        new ShapeParser(context).Value(type, type);
        return (context.HasErrors ? model : WithShapes(model, Readers.Mark([.. context.Shapes])), context.Findings);
    }

    private static EventModel WithShapes(EventModel model, IEnumerable<Shape> shapes)
    {
        var byType = shapes.ToLookup(shape => shape.Type == model.Type);
        return model with
        {
            Shape = byType[true].Single(),
            Closure = byType[false].OrderBy(other => other.Type.Code, StringComparer.Ordinal).ToEquatableArray(),
            IsChecked = byType[true].Concat(byType[false]).Any(IsWrittenByUser),
        };
    }

    private static bool IsWrittenByUser(Shape shape) => shape switch
    {
        ConverterShape converter => converter.IsOfUser,
        ObjectShape obj => obj.Members.Any(member => member.HasUserConverter || member.IsExtensionData),
        _ => false,
    };

    /// <summary>Whether the application writes and reads the event with a serializer of its own.</summary>
    public static bool HasOwnSerializer(AttributeData? attribute)
        => attribute is not null && attribute.NamedArguments.Any(argument => argument is { Key: "HasOwnSerializer", Value.Value: true });

    /// <summary>The stored name, version and aliases as declared, valid or not.</summary>
    public static (string? Name, int Version, IReadOnlyList<string?> Aliases) Contract(INamedTypeSymbol type, AttributeData? attribute)
    {
        var name = attribute?.ConstructorArguments.Length == 1
            ? attribute.ConstructorArguments[0].Value as string
            : EventNames.KebabCase(type.Name);
        var version = 1;
        IReadOnlyList<string?> aliases = [];
        foreach (var argument in attribute?.NamedArguments ?? [])
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
            return $"its version is {contract.Version}; versions count from 1";
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
