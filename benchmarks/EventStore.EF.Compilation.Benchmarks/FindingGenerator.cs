using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace EventStore.EF.Compilation.Benchmarks;

/// <summary>
/// The floor: finds the same types by their attribute, reads the names and types of their members, and writes a line for each. What it costs is
/// the compiler's work, and that of compiling the compiler at its first run; no generator that looks at the types comes below it.
/// </summary>
internal sealed class FindingGenerator : IIncrementalGenerator
{
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var found = context.SyntaxProvider.ForAttributeWithMetadataName(
            typeof(EventAttribute).FullName!, static (node, _) => node is TypeDeclarationSyntax, static (match, _) => Describe((INamedTypeSymbol)match.TargetSymbol));
        context.RegisterSourceOutput(found, static (output, type) => output.AddSource($"{type.Name}.g.cs", $"// {type.Members}\n"));
    }

    private static (string Name, string Members) Describe(INamedTypeSymbol type)
        => (type.ToDisplayString(), string.Join(", ", type.GetMembers().OfType<IPropertySymbol>().Select(property => $"{property.Type.ToDisplayString()} {property.Name}")));
}
