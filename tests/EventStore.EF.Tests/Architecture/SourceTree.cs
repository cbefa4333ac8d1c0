using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace EventStore.EF.Tests.Architecture;

/// <summary>The source files of the packages and of the generators, compiled together so that each reference between their types is known.</summary>
internal sealed class SourceTree
{
    private static readonly CSharpParseOptions Latest = new(LanguageVersion.Preview, DocumentationMode.Parse);

    private static readonly Lazy<SourceTree> Lazy = new(() => new());

    private readonly List<CSharpCompilation> _compilations = [];

    private SourceTree()
    {
        Root = FindRoot();
        var libraries = LoadLibraries();
        foreach (var project in Projects)
        {
            var references = libraries.Concat(_compilations.Select(other => other.ToMetadataReference()));
            var compilation = CSharpCompilation.Create(
                Path.GetFileName(project), ReadFiles(project).Append(Preamble), references,
                new(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));
            _compilations.Add(compilation);
        }
    }

    /// <summary>The projects' folders, each after those it refers to.</summary>
    public static IReadOnlyList<string> Projects { get; } =
    [
        "src/EventStore.EF.Abstractions", "src/EventStore.EF", "src/EventStore.EF.PostgreSQL", "src/EventStore.EF.Sqlite",
        "src/EventStore.EF.HealthChecks",
        "generators/EventStore.EF.Generators", "generators/EventStore.EF.CodeFixes",
    ];

    /// <summary>The tree, which all tests share.</summary>
    public static SourceTree Instance => Lazy.Value;

    /// <summary>The repository's root folder.</summary>
    public string Root { get; }

    /// <summary>What the compiler doesn't have of a normal build: implicit usings, and access to the other projects' internals.</summary>
    private static SyntaxTree Preamble { get; } = CSharpSyntaxTree.ParseText(
        "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; "
            + "global using System.Threading; global using System.Threading.Tasks;"
            + string.Concat(Projects.Select(
                project => $"[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"{Path.GetFileName(project)}\")]")),
        Latest);

    /// <summary>Compiler errors, which would hide references.</summary>
    public IEnumerable<Diagnostic> Errors
        => _compilations.SelectMany(compilation => compilation.GetDiagnostics()).Where(
            diagnostic => diagnostic.Severity is DiagnosticSeverity.Error && !IsOfAGenerator(diagnostic.Id));

    /// <summary>All files.</summary>
    public IEnumerable<SourceFile> Files
        => _compilations.SelectMany(compilation => compilation.SyntaxTrees).Where(tree => tree != Preamble).Select(
            tree => new SourceFile(Path.GetRelativePath(Root, tree.FilePath), tree));

    /// <summary>All references from a type of one folder to a type of another folder of the same project.</summary>
    public IEnumerable<FolderReference> References()
    {
        foreach (var compilation in _compilations)
        {
            foreach (var tree in compilation.SyntaxTrees.Where(tree => tree != Preamble))
            {
                var model = compilation.GetSemanticModel(tree);
                var from = new SourceFile(Path.GetRelativePath(Root, tree.FilePath), tree);
                var names = tree.GetRoot().DescendantNodes(node => node is not UsingDirectiveSyntax).OfType<SimpleNameSyntax>();
                foreach (var type in names.Select(name => Outermost(model.GetSymbolInfo(name).Symbol)).OfType<INamedTypeSymbol>().Distinct<INamedTypeSymbol>(SymbolEqualityComparer.Default))
                {
                    if (type.DeclaringSyntaxReferences is not [{ SyntaxTree: var declaring }, ..] || declaring == tree
                        || !compilation.ContainsSyntaxTree(declaring))
                    {
                        continue;
                    }

                    var to = new SourceFile(Path.GetRelativePath(Root, declaring.FilePath), declaring);
                    if (to.Folder != from.Folder)
                        yield return new(from, to);
                }
            }
        }
    }

    private static INamedTypeSymbol? Outermost(ISymbol? symbol)
    {
        var type = symbol as INamedTypeSymbol ?? symbol?.ContainingType;
        while (type?.ContainingType is { } outer)
            type = outer;

        return type?.OriginalDefinition;
    }

    /// <summary>Partial methods that a source generator implements, which does not run here.</summary>
    private static bool IsOfAGenerator(string id) => id is "CS8795" or "CS9248";

    private static List<MetadataReference> LoadLibraries()
        => [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(file => !Path.GetFileName(file).StartsWith("EventStore.EF", StringComparison.Ordinal))
            .Select(file => MetadataReference.CreateFromFile(file))];

    private IEnumerable<SyntaxTree> ReadFiles(string project)
        => Directory.EnumerateFiles(Path.Combine(Root, project), "*.cs", SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(Root, file).Split('/', '\\').Any(part => part is "bin" or "obj"))
            .Order(StringComparer.Ordinal)
            .Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file), Latest, file));

    private static string FindRoot([CallerFilePath] string file = "")
    {
        var folder = Path.GetDirectoryName(file);
        while (folder is not null && !File.Exists(Path.Combine(folder, "EventStore.EF.sln")))
            folder = Path.GetDirectoryName(folder);

        return folder ?? throw new InvalidOperationException($"No EventStore.EF.sln was found above {file}.");
    }
}

/// <summary>A source file.</summary>
/// <param name="Path">Its path in the repository.</param>
/// <param name="Tree">Its syntax.</param>
internal sealed record SourceFile(string Path, SyntaxTree Tree)
{
    /// <summary>The project, such as <c>EventStore.EF.Sqlite</c>.</summary>
    public string Project => Path.Split('/')[1];

    /// <summary>The folder inside the project; empty for the project's own.</summary>
    public string Folder => string.Join('/', Path.Split('/')[2..^1]);
}

/// <summary>A reference from one folder to another.</summary>
/// <param name="From">The file that refers.</param>
/// <param name="To">The file of the type.</param>
internal sealed record FolderReference(SourceFile From, SourceFile To);
