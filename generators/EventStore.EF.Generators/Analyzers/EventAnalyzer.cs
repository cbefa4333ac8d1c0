using System.Collections.Concurrent;
using System.Collections.Immutable;
using EventStore.EF.Generators.Diagnostics;
using EventStore.EF.Generators.Model;
using EventStore.EF.Generators.Parsing;
using EventStore.EF.Generators.States;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace EventStore.EF.Generators.Analyzers;

/// <summary>
/// Reports warnings and information about events. Errors come from the generator, so that a build without analyzers fails too.
/// Everything else comes from here, because analyzers obey <c>#pragma</c> and .editorconfig.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class EventAnalyzer : DiagnosticAnalyzer
{
    /// <summary>The key of the property with the name of the context, for the fix.</summary>
    internal const string ContextProperty = "Context";

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics =>
    [
        Descriptors.SettableMember, Descriptors.NotInContext, Descriptors.EnumAsNumber, Descriptors.NullWhenMissing,
        Descriptors.ObjectMember,
    ];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            // A type that several events contain is analyzed with each of them but reported only once.
            var reported = new ConcurrentDictionary<Finding, byte>();
            var types = new SourceTypes(start.Compilation, start.CancellationToken);
            start.RegisterSymbolAction(symbol => Analyze(symbol, types, reported), SymbolKind.NamedType);
        });
    }

    private static void Analyze(SymbolAnalysisContext context, SourceTypes types, ConcurrentDictionary<Finding, byte> reported)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        var attribute = type.Attribute(KnownNames.EventAttribute);
        if (attribute is null && !StateParser.HasSnapshots(type))
            return;
        var isElsewhere = UserContexts.Find(types.Contexts, type.Code()) is not null;
        if (!isElsewhere && types.Contexts.Count > 0)
        {
            var properties = ImmutableDictionary<string, string?>.Empty
                .Add(ContextProperty, types.Contexts[0].Type.Replace("global::", ""));
            context.ReportDiagnostic(Diagnostic.Create(
                Descriptors.NotInContext, type.FirstLocation(), properties, type.Display(), types.ContextName));
        }

        if (attribute is null)
            return;
        var (_, findings) = EventParser.Parse(type, attribute, context.Compilation, isAdvising: true, context.CancellationToken);
        foreach (var finding in findings.Where(finding => !finding.IsError && !(isElsewhere && finding.Descriptor.IsOfSerialization())))
            Report(finding);

        void Report(Finding finding)
        {
            if (reported.TryAdd(finding, 0))
                context.ReportDiagnostic(finding.ToDiagnostic());
        }
    }
}
