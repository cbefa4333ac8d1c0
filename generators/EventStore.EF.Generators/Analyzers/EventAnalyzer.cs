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
/// Everything else comes from here, because analyzers obey <c>#pragma</c> and .editorconfig. Errors with a fix come from both: an editor
/// offers fixes only for analyzers, and the compiler stops at the generator's errors before it asks the analyzers.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class EventAnalyzer : DiagnosticAnalyzer
{
    /// <summary>The key of the property with the name of the context, for the fix.</summary>
    internal const string ContextProperty = "Context";

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics =>
    [
        Descriptors.SettableMember, Descriptors.NotInContext, Descriptors.EnumAsNumber, Descriptors.ObjectMember, Descriptors.LostMember,
        Descriptors.ForeignAttribute, Descriptors.UnknownNeed, Descriptors.ComputedMember,
    ];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            // A type that several events contain is analyzed with each of them but reported only once.
            var reported = new ConcurrentDictionary<DiagnosticKey, byte>();
            var types = new SourceTypes(start.Compilation, start.CancellationToken);
            start.RegisterSymbolAction(symbol => Analyze(symbol, types, reported), SymbolKind.NamedType);
        });
    }

    private static void Analyze(SymbolAnalysisContext context, SourceTypes types, ConcurrentDictionary<DiagnosticKey, byte> reported)
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
        foreach (var finding in findings)
        {
            if ((!finding.IsError || HasFix(finding.Descriptor)) && !(isElsewhere && finding.Descriptor.IsOfSerialization()))
                Report(finding);
        }

        void Report(Finding finding)
        {
            if (reported.TryAdd(finding.Key, 0))
                context.ReportDiagnostic(finding.ToDiagnostic());
        }
    }

    private static bool HasFix(DiagnosticDescriptor descriptor)
        => descriptor == Descriptors.LostMember || descriptor == Descriptors.ForeignAttribute;
}
