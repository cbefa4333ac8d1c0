using EventStore.EF.Generators.Diagnostics;
using EventStore.EF.Generators.Emission;
using EventStore.EF.Generators.Model;
using EventStore.EF.Generators.Parsing;
using EventStore.EF.Generators.States;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace EventStore.EF.Generators;

/// <summary>
/// Registers the types marked <c>[Event]</c> and writes their serializers, and the dispatch of classes that implement
/// <c>ISubscriber&lt;T&gt;</c>. Symbols become models (Parsing), and models become text (Emission). An output is written again only
/// when its model changes, so an edit costs only what it touches.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class EventStoreGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var assembly = context.CompilationProvider
            .Select(static (compilation, _) => AssemblyParser.Parse(compilation))
            .WithTrackingName(TrackingNames.Assembly);
        var references = context.CompilationProvider
            .Select(static (compilation, ct) => ReferenceParser.Parse(compilation, ct))
            .WithTrackingName(TrackingNames.References);
        var ofAssembly = context.CompilationProvider.Select(static (compilation, _) => AssemblyParser.Problems(compilation));
        var listedEvents = context.CompilationProvider.Select(static (compilation, ct) => ListedEvents.Parse(compilation, ct));
        var userContexts = context.SyntaxProvider.ForAttributeWithMetadataName(
                KnownNames.SerializableAttribute,
                static (node, _) => node is ClassDeclarationSyntax,
                static (match, _) => UserContexts.Parse((INamedTypeSymbol)match.TargetSymbol))
            .Where(static model => model is not null).Select(static (model, _) => model!).Collect()
            .Select(static (models, _) => UserContexts.Sort(models))
            .WithTrackingName(TrackingNames.UserContexts);
        var parsedEvents = context.SyntaxProvider.ForAttributeWithMetadataName(
                KnownNames.EventAttribute,
                static (node, _) => node is TypeDeclarationSyntax,
                static (match, ct) => ParsedEvent.Of(match, ct))
            .Combine(userContexts).Select(static (both, _) => both.Left.With(both.Right));
        var parsedSubscribers = context.SyntaxProvider.CreateSyntaxProvider(
            static (node, _) => node is ClassDeclarationSyntax { BaseList: not null } or RecordDeclarationSyntax { BaseList: not null },
            static (syntax, ct) => ParsedSubscriber.Of(syntax, ct));

        var parsedUpcasters = context.SyntaxProvider.CreateSyntaxProvider(
            static (node, _) => ParsedUpcaster.MayBe(node), static (syntax, ct) => ParsedUpcaster.Of(syntax, ct));

        var parsedStates = context.SyntaxProvider.ForAttributeWithMetadataName(
            KnownNames.StateAttribute, static (node, _) => node is TypeDeclarationSyntax, static (match, ct) => ParsedState.Of(match, ct))
            .Combine(userContexts).Select(static (both, _) => both.Left.With(both.Right));

        var events = parsedEvents
            .Select(static (parsed, _) => parsed.Emitted).Where(static model => model is not null)
            .Select(static (model, _) => model!).WithTrackingName(TrackingNames.Events);
        var allEvents = events.Collect().Combine(listedEvents)
            .Select(static (both, _) => both.Left.AddRange(both.Right.Select(parsed => parsed.Emitted).OfType<EventModel>()));
        var subscribers = parsedSubscribers
            .Select(static (parsed, _) => parsed?.Model).Where(static model => model is not null)
            .Select(static (model, _) => model!).WithTrackingName(TrackingNames.Subscribers);

        var upcasters = parsedUpcasters
            .Select(static (parsed, _) => parsed?.Model).Where(static model => model is not null)
            .Select(static (model, _) => model!).WithTrackingName(TrackingNames.Upcasters);

        var states = parsedStates
            .Select(static (parsed, _) => parsed.Emitted).Where(static model => model is not null)
            .Select(static (model, _) => model!).WithTrackingName(TrackingNames.States);

        Outputs.Register(context, assembly, references, allEvents, subscribers, upcasters, states);
        ContractOutput.Register(context);

        var sites = parsedEvents.Select(static (parsed, _) => parsed.Site).Collect().Combine(listedEvents)
            .Select(static (both, _) => both.Left.AddRange(both.Right.Select(parsed => parsed.Site)).ToEquatableArray());
        var ofEvents = parsedEvents.SelectMany(static (parsed, _) => parsed.Findings).Collect().Combine(listedEvents)
            .Select(static (both, _) => both.Left.Concat(both.Right.SelectMany(parsed => parsed.Findings)).ToEquatableArray());
        var ofSubscribers = parsedSubscribers
            .Select(static (parsed, _) => parsed?.Finding).Where(static finding => finding is not null)
            .Select(static (finding, _) => finding!).Collect().Select(static (all, _) => all.ToEquatableArray());
        var duplicates = sites.Combine(references).Select(static (both, _) => DuplicateNames.Find(both.Left, both.Right));
        var chains = parsedUpcasters.Where(static parsed => parsed is not null).Select(static (parsed, _) => parsed!).Collect()
            .Combine(sites).Combine(references)
            .Select(static (all, _) => all.Left.Left.Select(parsed => parsed.Finding).OfType<DiagnosticModel>()
                .Concat(UpcasterChains.Find(
                    all.Left.Left.Select(parsed => parsed.Site).OfType<UpcasterSite>(),
                    all.Left.Right.SelectMany(site => site.Contracts), all.Right))
                .ToEquatableArray());
        var ofStates = parsedStates.SelectMany(static (parsed, _) => parsed.Findings).Collect()
            .Select(static (all, _) => all.ToEquatableArray());

        // An error has one cause, however many events and paths lead to it.
        var diagnostics = ofEvents.Combine(ofSubscribers).Combine(duplicates).Combine(chains).Combine(ofStates).Combine(ofAssembly)
            .Select(static (all, _) =>
            {
                var (((((events, subscribers), duplicates), chains), states), assembly) = all;
                return events.Concat(subscribers).Concat(duplicates).Concat(chains).Concat(states).Concat(assembly)
                    .GroupBy(diagnostic => diagnostic.Key).Select(group => group.First()).ToEquatableArray();
            })
            .WithTrackingName(TrackingNames.Diagnostics);
        context.RegisterSourceOutput(diagnostics, static (output, diagnostics) =>
        {
            foreach (var diagnostic in diagnostics)
                output.ReportDiagnostic(diagnostic.ToDiagnostic());
        });
    }
}
