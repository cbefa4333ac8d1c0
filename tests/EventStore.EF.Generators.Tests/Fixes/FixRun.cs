using System.Collections.Immutable;
using EventStore.EF.Generators.Tests.Driver;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;

namespace EventStore.EF.Generators.Tests.Fixes;

/// <summary>A project with one file and perhaps a contract file, and the diagnostics of one id in it.</summary>
internal sealed class FixRun : IDisposable
{
    private readonly AdhocWorkspace _workspace = new();
    private readonly Project _project;
    private readonly string _id;

    /// <param name="id">The id.</param>
    /// <param name="source">The file.</param>
    /// <param name="contracts">The contract file, if there is one.</param>
    public FixRun(string id, string source, string? contracts = null)
    {
        _id = id;
        _project = _workspace.AddProject("Shop", LanguageNames.CSharp)
            .WithMetadataReferences(Harness.References)
            .WithCompilationOptions(Harness.Options)
            .WithParseOptions(Harness.ParseOptions)
            .AddDocument("File0.cs", source, filePath: "File0.cs").Project;
        if (contracts is not null)
            _project = _project.AddAdditionalDocument("EventContracts.txt", contracts, filePath: "EventContracts.txt").Project;
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The titles of the fixes offered for the only diagnostic.</summary>
    public async Task<IEnumerable<string>> TitlesAsync(CodeFixProvider provider)
        => (await ActionsAsync(provider, Assert.Single(await DiagnosticsAsync(_project)))).Select(action => action.Title);

    /// <summary>The file and the contract file after the only fix of the only diagnostic.</summary>
    public async Task<(string Source, string? Contracts)> FixAsync(CodeFixProvider provider)
        => await ApplyAsync(Assert.Single(await ActionsAsync(provider, Assert.Single(await DiagnosticsAsync(_project)))));

    /// <summary>The same after the fix with this title, if there are several.</summary>
    public async Task<(string Source, string? Contracts)> FixAsync(CodeFixProvider provider, string title)
        => await ApplyAsync(Assert.Single(
            await ActionsAsync(provider, Assert.Single(await DiagnosticsAsync(_project))), action => action.Title == title));

    /// <summary>The same after all diagnostics of the project were fixed at once.</summary>
    public async Task<(string Source, string? Contracts)> FixAllAsync(CodeFixProvider provider)
    {
        var first = Assert.Single(await ActionsAsync(provider, (await DiagnosticsAsync(_project))[0]));
        var context = new FixAllContext(
            _project.Documents.Single(), provider, FixAllScope.Project, first.EquivalenceKey!, [_id], new Diagnostics(this), Ct);
        var action = await provider.GetFixAllProvider()!.GetFixAsync(context);
        Assert.NotNull(action);
        return await ApplyAsync(action);
    }

    /// <inheritdoc/>
    public void Dispose() => _workspace.Dispose();

    private async Task<ImmutableArray<Diagnostic>> DiagnosticsAsync(Project project)
    {
        var compilation = await project.GetCompilationAsync(Ct);
        var analyzed = compilation!.WithAnalyzers(Harness.Analyzers, project.AnalyzerOptions);
        return [.. (await analyzed.GetAnalyzerDiagnosticsAsync(Ct)).Where(diagnostic => diagnostic.Id == _id).OrderBy(d => d.Location.SourceSpan.Start)];
    }

    private async Task<IReadOnlyList<CodeAction>> ActionsAsync(CodeFixProvider provider, Diagnostic diagnostic)
    {
        Assert.Contains(_id, provider.FixableDiagnosticIds);
        var actions = new List<CodeAction>();
        await provider.RegisterCodeFixesAsync(new(_project.Documents.Single(), diagnostic, (action, _) => actions.Add(action), Ct));
        return actions;
    }

    /// <summary>What comes out has to compile.</summary>
    private async Task<(string Source, string? Contracts)> ApplyAsync(CodeAction action)
    {
        var operations = await action.GetOperationsAsync(Ct);
        var project = operations.OfType<ApplyChangesOperation>().Single().ChangedSolution.GetProject(_project.Id)!;
        var compilation = await project.GetCompilationAsync(Ct);
        Assert.DoesNotContain(compilation!.GetDiagnostics(Ct), diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        var contracts = project.AdditionalDocuments.SingleOrDefault();
        return ((await project.Documents.Single().GetTextAsync(Ct)).ToString(), contracts is null ? null : (await contracts.GetTextAsync(Ct)).ToString());
    }

    private sealed class Diagnostics(FixRun run) : FixAllContext.DiagnosticProvider
    {
        public override async Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken)
            => await run.DiagnosticsAsync(project);

        public override async Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken)
            => await run.DiagnosticsAsync(document.Project);

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken)
            => Task.FromResult<IEnumerable<Diagnostic>>([]);
    }
}
