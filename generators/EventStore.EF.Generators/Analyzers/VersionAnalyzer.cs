using System.Collections.Concurrent;
using System.Collections.Immutable;
using EventStore.EF.Generators.Diagnostics;
using EventStore.EF.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace EventStore.EF.Generators.Analyzers;

/// <summary>Reports old versions that aren't read as the newest, and handlers of versions that are never delivered.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class VersionAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Descriptors.VersionGap, Descriptors.UnreachableHandler];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            var found = new Found();
            start.RegisterSymbolAction(symbol => found.Add((INamedTypeSymbol)symbol.Symbol), SymbolKind.NamedType);
            start.RegisterCompilationEndAction(end =>
            {
                ReportGaps(end, found);
                ReportHandlers(end, found);
            });
        });
    }

    private static void ReportGaps(CompilationAnalysisContext context, Found found)
    {
        foreach (var versions in found.Events.GroupBy(e => e.Name, StringComparer.Ordinal))
        {
            var newest = versions.OrderByDescending(e => e.Version).First();
            foreach (var old in versions.Where(e => e.Version < newest.Version && !found.Upcast.ContainsKey(e.Type)))
                Report(old.Type, old.Version, $"no upcaster leads from '{old.Type.Display()}' to version {newest.Version}");

            // A version without a type and an upcaster is reported at the newest version, because there is no type to report it at.
            for (var version = newest.Version - 1; version > 0; version--)
            {
                if (!versions.Any(e => e.Version == version) && !found.Json.ContainsKey((newest.Name, version)))
                    Report(newest.Type, version, "no type and no upcaster reads it");
            }

            void Report(INamedTypeSymbol type, int version, string problem) => context.ReportDiagnostic(Diagnostic.Create(
                Descriptors.VersionGap, type.FirstLocation(),
                newest.Name, version.ToString(System.Globalization.CultureInfo.InvariantCulture), problem));
        }
    }

    private static void ReportHandlers(CompilationAnalysisContext context, Found found)
    {
        foreach (var (subscriber, handled) in found.Handlers)
        {
            if (handled is INamedTypeSymbol type && found.Upcast.TryGetValue(type, out var newest))
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    Descriptors.UnreachableHandler, subscriber.FirstLocation(), subscriber.Display(), type.Display(), newest));
            }
        }
    }

    /// <summary>The events, upcasters and handlers of the compilation.</summary>
    private sealed class Found
    {
        public ConcurrentBag<(string Name, int Version, INamedTypeSymbol Type)> Events { get; } = [];

        /// <summary>The types that are read as others, with the names of those for messages.</summary>
        public ConcurrentDictionary<INamedTypeSymbol, string> Upcast { get; } = new(SymbolEqualityComparer.Default);

        public ConcurrentDictionary<(string Name, int Version), byte> Json { get; } = [];

        public ConcurrentBag<(INamedTypeSymbol Subscriber, ITypeSymbol Handled)> Handlers { get; } = [];

        public void Add(INamedTypeSymbol type)
        {
            if (type.Attribute(KnownNames.EventAttribute) is { } attribute
                && EventParser.Contract(type, attribute) is { Name: { } name } contract)
            {
                Events.Add((name, contract.Version, type));
            }

            if (type.TypeKind != TypeKind.Class || type.IsAbstract)
                return;
            foreach (var (from, to) in UpcasterParser.Sources(type))
            {
                if (from is INamedTypeSymbol old)
                    Upcast.TryAdd(old, to is null ? "several events, or none" : $"'{to.Display()}'");
            }

            if (UpcasterParser.Json(type) is { } json)
                Json.TryAdd((json.Name, json.Version), 0);
            foreach (var handled in SubscriberParser.Handled(type).Concat(StateAnalyzer.Taken(type)))
                Handlers.Add((type, handled));
        }
    }
}
