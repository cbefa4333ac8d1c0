using System.Collections.Immutable;
using EventStore.EF.Generators.Emission;
using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators;

/// <summary>
/// Registers the generated files: one per event, subscriber and state, and a fixed number for nested types, context and catalog.
/// </summary>
internal static class Outputs
{
    private const int BucketCount = 16;

    public static void Register(
        IncrementalGeneratorInitializationContext context,
        IncrementalValueProvider<AssemblyModel> assembly,
        IncrementalValueProvider<EquatableArray<ReferenceModel>> references,
        IncrementalValueProvider<ImmutableArray<EventModel>> events,
        IncrementalValuesProvider<SubscriberModel> subscribers,
        IncrementalValuesProvider<UpcasterModel> upcasters,
        IncrementalValuesProvider<StateModel> states)
    {
        // Without the closure, so that a change to a nested type doesn't affect the file of the event.
        var ownEvents = events
            .Select(static (all, _) => ImmutableArray.CreateRange(all, static model => model with { Closure = default }))
            .InSlots(static model => model.Type)
            .WithTrackingName(TrackingNames.OwnEvents);
        context.RegisterSourceOutput(ownEvents.Combine(assembly), static (output, pair) =>
        {
            if (pair.Right.Namespace is not { } ns)
                return;
            foreach (var model in pair.Left)
                output.AddSource($"Event.{model.Type.Id}.g.cs", EventEmitter.Emit(ns, model));
        });

        context.RegisterSourceOutput(subscribers.InSlots(static model => model.Type).Combine(assembly), static (output, pair) =>
        {
            if (pair.Right.Namespace is not { } ns)
                return;
            foreach (var model in pair.Left)
                output.AddSource($"Subscriber.{model.Type.Id}.g.cs", SubscriberEmitter.Emit(ns, model));
        });

        context.RegisterSourceOutput(states.InSlots(static model => model.Type).Combine(assembly), static (output, pair) =>
        {
            if (pair.Right.Namespace is not { } ns)
                return;
            foreach (var model in pair.Left)
                output.AddSource($"State.{model.Type.Id}.g.cs", StateEmitter.Emit(ns, model));
        });

        var all = events.Combine(states.SelectMany(static (model, _) => model.Shapes).Collect());
        var buckets = all.SelectMany(static (all, _) => Buckets(all.Left, all.Right)).WithTrackingName(TrackingNames.Buckets);
        context.RegisterSourceOutput(buckets.Combine(assembly), static (output, pair) =>
        {
            if (pair.Right.Namespace is { } ns && pair.Left.Shapes.Count > 0)
                output.AddSource($"Types.{pair.Left.Number:00}.g.cs", BucketEmitter.Emit(ns, pair.Left));
        });

        var contextModel = all.Select(static (all, _) => Context(all.Left, all.Right)).WithTrackingName(TrackingNames.Context);
        context.RegisterSourceOutput(contextModel.Combine(assembly), static (output, pair) =>
        {
            if (pair.Right.Namespace is { } ns && pair.Left.Shapes.Count > 0)
                output.AddSource("EventJsonContext.g.cs", ContextEmitter.Emit(ns, pair.Left));
        });

        var allUpcasters = upcasters.Collect()
            .Select(static (all, _) => all.OrderBy(model => model.Type.Code, StringComparer.Ordinal).ToEquatableArray());
        context.RegisterSourceOutput(allUpcasters.Combine(assembly), static (output, pair) =>
        {
            if (pair.Right.Namespace is { } ns && pair.Left.Count > 0)
                output.AddSource("Upcasters.g.cs", UpcasterEmitter.Emit(ns, pair.Left));
        });

        var stateIds = states.Select(static (model, _) => model.Type.Id).Collect()
            .Select(static (all, _) => all.OrderBy(id => id, StringComparer.Ordinal).ToEquatableArray());
        var hasUpcasters = allUpcasters.Select(static (all, _) => all.Count > 0);
        var catalog = events.Combine(subscribers.Collect()).Combine(references).Combine(stateIds).Combine(hasUpcasters)
            .Select(static (all, _) => Catalog(all.Left.Left.Left.Left, all.Left.Left.Left.Right, all.Left.Left.Right) with
            {
                StateIds = all.Left.Right,
                HasUpcasters = all.Right,
            })
            .WithTrackingName(TrackingNames.Catalog);
        context.RegisterSourceOutput(catalog.Combine(assembly), static (output, pair) =>
        {
            var model = pair.Left;
            if (pair.Right.Namespace is { } ns && !model.IsEmpty)
                output.AddSource("EventCatalog.g.cs", CatalogEmitter.Emit(ns, model));
        });
    }

    /// <summary>All buckets, including empty ones, so that each keeps its index.</summary>
    private static IEnumerable<BucketModel> Buckets(ImmutableArray<EventModel> events, ImmutableArray<Shape> more)
    {
        var own = new HashSet<string>(
            events.Where(model => model.Shape is not null).Select(model => model.Type.Code), StringComparer.Ordinal);
        var shapes = AllShapes(events, more)
            .OfType<ClassShape>()
            .Where(shape => !own.Contains(shape.Type.Code))
            .ToLookup(shape => shape.Type.Bucket(BucketCount));
        return Enumerable.Range(0, BucketCount).Select(number => new BucketModel(number, shapes[number].ToEquatableArray()));
    }

    private static ContextModel Context(ImmutableArray<EventModel> events, ImmutableArray<Shape> more)
        => new(AllShapes(events, more).Select(shape => shape is ClassShape ? new NamedShape(shape.Type) : shape).ToEquatableArray());

    private static CatalogModel Catalog(
        ImmutableArray<EventModel> events, ImmutableArray<SubscriberModel> subscribers, EquatableArray<ReferenceModel> references) => new(
        events.Select(EventEmitter.ClassName).OrderBy(name => name, StringComparer.Ordinal).ToEquatableArray(),
        subscribers.Select(model => model.Type.Id).OrderBy(id => id, StringComparer.Ordinal).ToEquatableArray(),
        references.Select(model => model.Part).ToEquatableArray());

    /// <summary>The types of all events, each once, in an order that doesn't depend on edits to other types.</summary>
    private static IEnumerable<Shape> AllShapes(ImmutableArray<EventModel> events, ImmutableArray<Shape> more) => events
        .SelectMany(model => model.Shape is null ? [] : model.Closure.Prepend(model.Shape))
        .Concat(more)
        .GroupBy(shape => shape.Type.Code, StringComparer.Ordinal)
        .Select(group => group.First())
        .OrderBy(shape => shape.Type.Code, StringComparer.Ordinal);
}
