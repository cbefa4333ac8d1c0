using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>Determines the namespace of an assembly's generated types.</summary>
internal static class AssemblyParser
{
    public static AssemblyModel Parse(Compilation compilation)
        => new(compilation.GetTypeByMetadataName(KnownNames.CatalogPart) is null ? null : Namespace(compilation.AssemblyName ?? ""));

    /// <summary>A namespace per assembly. The hash distinguishes <c>A.B</c> from <c>A_B</c>.</summary>
    private static string Namespace(string assemblyName)
    {
        var identifier = TypeName.Identifier(assemblyName);
        return $"EventStore.EF.Generated.{identifier}_{TypeName.Hash(assemblyName)}";
    }
}
