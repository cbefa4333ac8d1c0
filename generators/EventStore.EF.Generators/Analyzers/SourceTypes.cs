using EventStore.EF.Generators.Model;
using EventStore.EF.Generators.Parsing;
using EventStore.EF.Generators.States;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Analyzers;

/// <summary>Facts about all types of a compilation that analyzers share. They are collected once, on first use.</summary>
internal sealed class SourceTypes
{
    private readonly Lazy<EquatableArray<UserContextModel>> _contexts;
    private readonly Lazy<HashSet<string>> _polymorphic;
    private readonly Lazy<HashSet<string>> _contained;

    public SourceTypes(Compilation compilation, CancellationToken ct)
    {
        var all = new Lazy<IReadOnlyList<INamedTypeSymbol>>(() => [.. compilation.Assembly.GlobalNamespace.AllTypes(ct)]);
        _contexts = new(() =>
        {
            var stored = new HashSet<string>(
                all.Value.Where(type => type.IsEvent() || StateParser.HasSnapshots(type)).Select(type => type.Code()),
                StringComparer.Ordinal);
            return UserContexts.Sort(all.Value
                .Where(type => type is { TypeKind: TypeKind.Class, BaseType.SpecialType: SpecialType.None })
                .Select(UserContexts.Parse)
                .OfType<UserContextModel>()
                .Where(context => context.Types.Any(stored.Contains)));
        });
        var models = new Lazy<IReadOnlyList<EventModel>>(() =>
        [
            .. all.Value
                .Select(type => (Type: type, Attribute: type.Attribute(KnownNames.EventAttribute)))
                .Where(e => e.Attribute is not null)
                .Select(e => EventParser.Parse(e.Type, e.Attribute!, compilation, isAdvising: false, ct).Model)
                .OfType<EventModel>(),
        ]);
        _polymorphic = new(() => new(
            models.Value
                .SelectMany(model => model.Shape is null ? [] : model.Closure.Prepend(model.Shape))
                .OfType<ObjectShape>()
                .Where(shape => shape.IsPolymorphic)
                .Select(shape => shape.Type.Code),
            StringComparer.Ordinal));
        _contained = new(() => new(
            models.Value
                .SelectMany(model => model.Closure)
                .OfType<ObjectShape>()
                .Where(shape => !shape.IsOnlyWritten)
                .Select(shape => shape.Type.Code),
            StringComparer.Ordinal));
    }

    /// <summary>The user's contexts that store events or snapshots of states.</summary>
    public EquatableArray<UserContextModel> Contexts => _contexts.Value;

    /// <summary>The short name of the first context, for messages.</summary>
    public string ContextName => Contexts[0].Type.Substring(Contexts[0].Type.LastIndexOfAny(['.', ':']) + 1);

    /// <summary>Whether the type is polymorphic and an event contains it.</summary>
    public bool IsPolymorphicInEvents(INamedTypeSymbol type) => _polymorphic.Value.Contains(type.Code());

    /// <summary>Whether a member of an event has the type.</summary>
    public bool IsContainedInEvents(INamedTypeSymbol type) => _contained.Value.Contains(type.Code());
}
