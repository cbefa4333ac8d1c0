using System.Collections.Immutable;
using System.Composition;
using EventStore.EF.Generators.Contracts;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;

namespace EventStore.EF.CodeFixes;

/// <summary>
/// ESEF3004: rewrites EventContracts.txt as the target UpdateEventContracts does. Events with breaking changes keep their recorded lines.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(RecordContractFix)), Shared]
public sealed class RecordContractFix : CodeFixProvider
{
    private const string Title = "Record in EventContracts.txt";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ["ESEF3004"];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => new AllProjects();

    /// <inheritdoc/>
    public override Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var project = context.Document.Project;
        context.RegisterCodeFix(
            CodeAction.Create(Title, ct => RecordAsync(project.Solution, project.Id, ct), Title), context.Diagnostics);
        return Task.CompletedTask;
    }

    private static async Task<Solution> RecordAsync(Solution solution, ProjectId id, CancellationToken ct)
    {
        var project = solution.GetProject(id)!;
        if (ProjectContracts.FileOf(project) is not { } document
            || await project.GetCompilationAsync(ct).ConfigureAwait(false) is not { } compilation)
        {
            return solution;
        }

        var text = await document.GetTextAsync(ct).ConfigureAwait(false);
        var lines = ContractUpdate.Lines(compilation, ContractFile.Parse(text), acceptBreaking: false, ct);
        var recorded = SourceText.From(string.Concat(lines.Select(line => line + "\n")), ProjectContracts.Encoding);
        return solution.WithAdditionalDocumentText(document.Id, recorded);
    }

    /// <summary>Rewrites the file once per project, which fixes all its diagnostics without merging edits.</summary>
    private sealed class AllProjects : FixAllProvider
    {
        public override IEnumerable<FixAllScope> GetSupportedFixAllScopes() => [FixAllScope.Project, FixAllScope.Solution];

        public override Task<CodeAction?> GetFixAsync(FixAllContext context)
        {
            var projects = context.Scope == FixAllScope.Solution ? context.Solution.Projects : [context.Project];
            return Task.FromResult<CodeAction?>(CodeAction.Create(Title, ct => RecordAsync(context, projects, ct), Title));
        }

        private static async Task<Solution> RecordAsync(FixAllContext context, IEnumerable<Project> projects, CancellationToken ct)
        {
            var solution = context.Solution;
            foreach (var project in projects)
            {
                if (!(await context.GetAllDiagnosticsAsync(project).ConfigureAwait(false)).IsEmpty)
                    solution = await RecordContractFix.RecordAsync(solution, project.Id, ct).ConfigureAwait(false);
            }

            return solution;
        }
    }
}
