using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>Where an assembly's generated types stand.</summary>
internal static class AssemblyParser
{
    public static AssemblyModel Parse(Compilation compilation)
        => new(compilation.GetTypeByMetadataName(KnownNames.CatalogPart) is null ? null : Namespace(compilation.AssemblyName ?? ""));

    /// <summary>One namespace per assembly; a hash keeps <c>A.B</c> and <c>A_B</c> apart.</summary>
    private static string Namespace(string assemblyName)
    {
        var identifier = TypeName.Identifier(assemblyName);
        return $"EventStore.EF.Generated.{identifier}_{TypeName.Hash(assemblyName)}";
    }
}
