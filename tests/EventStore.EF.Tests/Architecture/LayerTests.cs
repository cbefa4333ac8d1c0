using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace EventStore.EF.Tests.Architecture;

public class LayerTests
{
    /// <summary>Each project's folders: types refer only to types of their own folder and of folders before it.</summary>
    private static readonly Dictionary<string, string[]> Layers = new()
    {
        ["EventStore.EF.Abstractions"] =
        [
            "Serialization", "Streams", "Events", "Append", "Read", "Snapshots", "States", "Subscriptions", "Errors", "Upcasting", "Catalog", "Testing",
            "",
        ],
        ["EventStore.EF"] =
        [
            "", "Threading", "Errors", "Telemetry", "Operations/Checks", "Schema", "Storage/Sql", "Storage", "Startup", "Append", "Read", "Snapshots", "Streams",
            "States", "Subscriptions/Delivery", "Subscriptions/Definitions", "Subscriptions/Sources", "Subscriptions/Leases",
            "Subscriptions/Processing", "Subscriptions/Handlers", "Subscriptions/Projections", "Subscriptions/Administration",
            "Subscriptions/Hosting", "Operations", "Store", "Registration",
        ],
        ["EventStore.EF.PostgreSQL"] = Provider,
        ["EventStore.EF.Sqlite"] = Provider,
        ["EventStore.EF.HealthChecks"] = [""],
        ["EventStore.EF.Generators"] = ["Polyfills", "Model", "Diagnostics", "Parsing", "Contracts", "States", "Emission", "Analyzers", ""],
        ["EventStore.EF.CodeFixes"] = [""],
    };

    private static string[] Provider
        => ["", "Schema", "Connections", "Order", "Append", "Read", "Streams", "StartChecks", "Operations", "Storage", "Registration"];

    [Fact]
    public void The_sources_compile_so_that_no_reference_is_missed() => Assert.Empty(SourceTree.Instance.Errors);

    [Fact]
    public void Every_folder_uses_only_folders_before_it()
        => Assert.Empty(SourceTree.Instance.References().Where(IsAgainstTheOrder).Select(
            reference => $"{reference.From.Path} uses {reference.To.Path}").Distinct());

    [Fact]
    public void Every_folder_has_its_layer()
        => Assert.Empty(SourceTree.Instance.Files.Where(file => !Layers[file.Project].Contains(file.Folder)).Select(file => file.Path));

    [Fact]
    public void Both_providers_have_the_same_folders()
        => Assert.Equal(FoldersOf("EventStore.EF.PostgreSQL"), FoldersOf("EventStore.EF.Sqlite"));

    [Fact]
    public void Namespaces_of_internal_types_follow_folders()
        => Assert.Empty(SourceTree.Instance.Files
            .Where(file => file.Project is not "EventStore.EF.Abstractions" and not "EventStore.EF.CodeFixes" && !HasPublicTypes(file))
            .Where(file => NamespaceOf(file) is { } name && name.StartsWith("EventStore.", StringComparison.Ordinal)
                && name != string.Join('.', [file.Project, .. file.Folder.Split('/', StringSplitOptions.RemoveEmptyEntries)]))
            .Select(file => $"{file.Path} is in {NamespaceOf(file)}"));

    private static bool IsAgainstTheOrder(FolderReference reference)
    {
        var order = Layers[reference.From.Project];
        return Array.IndexOf(order, reference.To.Folder) > Array.IndexOf(order, reference.From.Folder);
    }

    private static string[] FoldersOf(string project)
        => [.. SourceTree.Instance.Files.Where(file => file.Project == project && file.Folder.Length > 0).Select(file => file.Folder).Distinct().Order(StringComparer.Ordinal)];

    private static string? NamespaceOf(SourceFile file)
        => file.Tree.GetRoot().DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>().FirstOrDefault()?.Name.ToString();

    private static bool HasPublicTypes(SourceFile file)
        => file.Tree.GetRoot().DescendantNodes().OfType<BaseTypeDeclarationSyntax>().Any(
            type => type.Parent is BaseNamespaceDeclarationSyntax && type.Modifiers.Any(modifier => modifier.IsKind(SyntaxKind.PublicKeyword)));
}
