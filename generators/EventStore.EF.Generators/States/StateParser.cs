using EventStore.EF.Generators.Contracts;
using EventStore.EF.Generators.Diagnostics;
using EventStore.EF.Generators.Model;
using EventStore.EF.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.States;

/// <summary>Parses a type marked <c>[State]</c>.</summary>
internal static class StateParser
{
    /// <summary>
    /// The model, or null if the state can't be folded, and the findings. If its snapshots can't be stored, the model has no shapes.
    /// </summary>
    public static (StateModel? Model, IReadOnlyList<Finding> Findings) Parse(
        INamedTypeSymbol type, AttributeData attribute, Compilation compilation, CancellationToken ct)
    {
        var context = new ParseContext(compilation, type, isAdvising: false, known: null, ct) { Exempt = type };
        var (name, version, snapshotEvery) = Options(type, attribute);
        var methods = StateMethods.Of(type);
        if (Problem(type, compilation, name, snapshotEvery, methods) is { } problem)
        {
            context.Report(Descriptors.InvalidState, type, type.Display(), problem);
            return (null, context.Findings);
        }

        if (snapshotEvery > 0)
        {
            new ShapeParser(context).Value(type, type);
            SnapshotMembers.Check(context, type);
        }

        var accessors = new AccessorParser();
        var model = new StateModel(
            type.TypeName(),
            $"{name}/{TypeName.Hash(Shape(type, version, compilation, ct))}",
            snapshotEvery,
            methods.Any(method => method.IsStatic) ? null : $"new {type.Code()}()",
            Events(methods, compilation, accessors),
            accessors.All.ToEquatableArray(),
            context.HasErrors
                ? default
                : Readers.Mark([.. context.Shapes]).OrderBy(shape => shape.Type.Code, StringComparer.Ordinal).ToEquatableArray());
        return (model, context.Findings);
    }

    /// <summary>The content of a snapshot and the state's <c>Version</c>. A snapshot with any other text is not read.</summary>
    private static string Shape(INamedTypeSymbol type, int version, Compilation compilation, CancellationToken ct)
        => string.Join("\n", ContractParser.Nodes(type, compilation, ct)
            .Select(node => $"{node.Path} {node.Type}").Prepend(version.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    /// <summary>Whether the type is a state with stored snapshots.</summary>
    public static bool HasSnapshots(INamedTypeSymbol type)
        => type.Attribute(KnownNames.StateAttribute) is { } attribute && Options(type, attribute).SnapshotEvery > 0;

    private static (string? Name, int Version, int SnapshotEvery) Options(INamedTypeSymbol type, AttributeData attribute)
    {
        var name = attribute.ConstructorArguments.Length == 1
            ? attribute.ConstructorArguments[0].Value as string
            : EventNames.KebabCase(type.Name);
        var (version, snapshotEvery) = (1, 0);
        foreach (var argument in attribute.NamedArguments)
        {
            if (argument is { Key: "Version", Value.Value: int number })
                version = number;
            else if (argument is { Key: "SnapshotEvery", Value.Value: int events })
                snapshotEvery = events;
        }

        return (name, version, snapshotEvery);
    }

    private static string? Problem(
        INamedTypeSymbol type, Compilation compilation, string? name, int snapshotEvery, IReadOnlyList<IMethodSymbol> methods)
    {
        if (type.IsAbstract || type.IsStatic || type.IsRefLikeType)
            return "it is abstract, static or a ref struct";
        for (var t = type; t is not null; t = t.ContainingType)
        {
            if (t.Arity > 0)
                return "it is generic";
        }

        if (!type.IsReachable(compilation))
            return "generated code can't reach it: make it, and the types it is nested in, public or internal";
        if (EventNames.Problem(name) is { } nameProblem)
            return nameProblem;
        if (snapshotEvery < 0)
            return $"its SnapshotEvery is {snapshotEvery}; use a number of events, or 0 for no snapshots";
        if (methods.Count == 0)
            return "it has neither 'static Create(TEvent)' nor 'Apply(TEvent)' methods, alone or with a 'RecordedEvent'";
        if (methods.FirstOrDefault(method => StateMethods.Problem(method, type) is not null) is { } wrong)
            return $"'{wrong.Display()}' {StateMethods.Problem(wrong, type)}";
        var repeated = methods
            .GroupBy(method => (method.Name, method.Parameters[0].Type.Code()))
            .FirstOrDefault(group => group.Count() > 1);
        if (repeated is not null)
            return Repetition([.. repeated]);
        if (methods.FirstOrDefault(method => !method.Parameters[0].Type.IsReachable(compilation)) is { } hidden)
            return $"generated code can't reach '{hidden.Parameters[0].Type.Display()}', which it takes: make that type public or internal";
        if (methods.Select(method => method.Parameters[0].Type).Append(type).FirstOrDefault(UnsupportedTypes.IsObsoleteError) is { } old)
            return $"'{old.Display()}' is obsolete and using it is an error";
        return methods.Any(method => method.IsStatic) || CanBegin(type, compilation)
            ? null
            : "nothing creates it: add a 'static Create(TEvent)' method or an accessible parameterless constructor";
    }

    /// <summary>Two methods of one name for one event: either could be meant.</summary>
    private static string Repetition(IReadOnlyList<IMethodSymbol> methods)
        => methods.FirstOrDefault(StateMethods.TakesRecordedEvent) is { } recorded
            && methods.FirstOrDefault(method => !StateMethods.TakesRecordedEvent(method)) is { } plain
            ? $"'{plain.Display()}' and '{recorded.Display()}' take the same event: remove one of them"
            : $"'{methods[0].Display()}' is declared twice";

    private static bool CanBegin(INamedTypeSymbol type, Compilation compilation) => type.InstanceConstructors.Any(
        constructor => constructor.Parameters.Length == 0 && compilation.IsSymbolAccessibleWithin(constructor, compilation.Assembly));

    private static EquatableArray<StateEventModel> Events(
        IReadOnlyList<IMethodSymbol> methods, Compilation compilation, AccessorParser accessors)
    {
        var types = methods.GroupBy(method => method.Parameters[0].Type.Code(), StringComparer.Ordinal)
            .Select(group => (Type: group.First().Parameters[0].Type, Methods: group.ToList())).ToList();
        return types
            .OrderByDescending(e => types.Count(other => e.Type.IsSameOrDerivedFrom(other.Type)))
            .ThenBy(e => e.Type.Code(), StringComparer.Ordinal)
            .Select(e => Model(e.Type, e.Methods.Find(m => m.IsStatic), e.Methods.Find(m => !m.IsStatic)))
            .ToEquatableArray();

        StateEventModel Model(ITypeSymbol type, IMethodSymbol? create, IMethodSymbol? apply)
        {
            return new(
                type.Code(),
                create is null ? null : new(Create(create), StateMethods.TakesRecordedEvent(create)),
                apply is null ? null : new(Apply(apply), StateMethods.TakesRecordedEvent(apply)),
                apply?.ReturnsVoid == false);
        }

        string Create(IMethodSymbol method) => IsReachable(method)
            ? $"{method.ContainingType.Code()}.Create("
            : $"{accessors.StateMethod(method)}(default({method.ContainingType.Code()}), ";

        string Apply(IMethodSymbol method)
        {
            var type = method.ContainingType;
            if (IsReachable(method))
                return $"(({type.Code()})state).Apply(";
            var instance = type.IsValueType
                ? $"ref global::System.Runtime.CompilerServices.Unsafe.Unbox<{type.Code()}>(state)"
                : $"({type.Code()})state";
            return $"{accessors.StateMethod(method)}({instance}, ";
        }

        bool IsReachable(ISymbol method) => compilation.IsSymbolAccessibleWithin(method, compilation.Assembly);
    }
}
