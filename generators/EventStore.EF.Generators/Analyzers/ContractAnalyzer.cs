using System.Collections.Concurrent;
using System.Collections.Immutable;
using EventStore.EF.Generators.Contracts;
using EventStore.EF.Generators.Diagnostics;
using EventStore.EF.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace EventStore.EF.Generators.Analyzers;

/// <summary>
/// Compares each event with its lines in EventContracts.txt, in the editor and in the build. Without the file, nothing is checked.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ContractAnalyzer : DiagnosticAnalyzer
{
    private static readonly SourceTextValueProvider<ContractFile> Files = new(ContractFile.Parse);

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics =>
    [
        Descriptors.PropertyRemoved, Descriptors.PropertyChanged, Descriptors.PropertyRequired,
        Descriptors.ContractNotRecorded, Descriptors.EventRemoved, Descriptors.InvalidContractLine, Descriptors.NullWhenMissing,
    ];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(Start);
        context.RegisterAdditionalFileAction(CheckLines);
    }

    private static void Start(CompilationStartAnalysisContext context)
    {
        var mode = ContractModes.Of(context.Options.AnalyzerConfigOptionsProvider.GlobalOptions);
        if (mode == ContractMode.Accept
            || ContractFile.Find(context.Options.AdditionalFiles) is not { } additional
            || additional.GetText(context.CancellationToken) is not { } text
            || !context.TryGetValue(text, Files, out var file))
        {
            return;
        }

        var seen = new ConcurrentDictionary<string, byte>(StringComparer.Ordinal);
        context.RegisterSymbolAction(symbol => Compare(symbol, file, mode, seen), SymbolKind.NamedType);
        context.RegisterCompilationEndAction(end => FindRemoved(end, file, additional.Path, text, seen));
    }

    private static void Compare(
        SymbolAnalysisContext context, ContractFile file, ContractMode mode, ConcurrentDictionary<string, byte> seen)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (type.Attribute(KnownNames.EventAttribute) is not { } attribute
            || ContractParser.Parse(type, attribute, context.Compilation, context.CancellationToken) is not { } contract)
        {
            return;
        }

        foreach (var name in contract.Names)
        {
            seen.TryAdd(name, 0);
            var differences = ContractComparison.Compare(file.Events.TryGetValue(name, out var lines) ? lines : [], contract.Nodes);
            foreach (var difference in differences.Where(difference => difference.IsBreaking))
                context.ReportDiagnostic(ContractDiagnostics.Breaking(contract, name, difference, differences));
            foreach (var member in lines is null ? [] : NullableAdditions.Find(differences, lines, context.Compilation))
                context.ReportDiagnostic(Diagnostic.Create(Descriptors.NullWhenMissing, member.FirstLocation(), member.Display()));
            if (mode == ContractMode.Check && differences.Count > 0 && !differences.Any(difference => difference.IsBreaking))
                context.ReportDiagnostic(ContractDiagnostics.NotRecorded(contract, name, differences.Count));
        }
    }

    private static void FindRemoved(
        CompilationAnalysisContext context, ContractFile file, string path, SourceText text, ConcurrentDictionary<string, byte> seen)
    {
        var missing = file.Events.Keys.Where(name => !seen.ContainsKey(name)).ToList();
        if (missing.Count == 0)
            return;

        // Events in code from other generators are not among the symbols passed to this analyzer.
        foreach (var contract in ContractUpdate.Contracts(context.Compilation, context.CancellationToken))
            missing.RemoveAll(contract.Names.Contains);

        // If the class of a version is gone, an upcaster may read its JSON.
        foreach (var type in context.Compilation.Assembly.GlobalNamespace.AllTypes(context.CancellationToken))
        {
            if (UpcasterParser.Json(type) is { } json)
                missing.Remove(ContractLine.EventOf(json.Name, json.Version));
        }

        foreach (var name in missing)
            context.ReportDiagnostic(Diagnostic.Create(Descriptors.EventRemoved, Place(path, text, file.FirstLine(name)), name));
    }

    private static void CheckLines(AdditionalFileAnalysisContext context)
    {
        if (!ContractFile.IsContractFile(context.AdditionalFile)
            || context.AdditionalFile.GetText(context.CancellationToken) is not { } text)
        {
            return;
        }

        foreach (var (span, line, problem) in ContractFile.Parse(text).Problems)
        {
            context.ReportDiagnostic(Diagnostic.Create(
                Descriptors.InvalidContractLine, Place(context.AdditionalFile.Path, text, span), line, problem));
        }
    }

    private static Location Place(string path, SourceText text, TextSpan span)
        => Location.Create(path, span, text.Lines.GetLinePositionSpan(span));
}
