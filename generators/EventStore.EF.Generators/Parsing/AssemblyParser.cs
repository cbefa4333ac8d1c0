using EventStore.EF.Generators.Diagnostics;
using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace EventStore.EF.Generators.Parsing;

/// <summary>Determines the namespace of an assembly's generated types, and whether anything can be generated.</summary>
internal static class AssemblyParser
{
    /// <summary>Generated code has UTF-8 literals and static lambdas.</summary>
    private const LanguageVersion Oldest = LanguageVersion.CSharp11;

    public static AssemblyModel Parse(Compilation compilation)
        => new(
            IsUsing(compilation) && !IsTooOld(compilation) ? Namespace(compilation.AssemblyName ?? "") : null);

    /// <summary>The problems of the assembly as a whole.</summary>
    public static EquatableArray<DiagnosticModel> Problems(Compilation compilation)
    {
        var problems = EventConverters.Of(compilation).Findings.ToList();
        if (IsUsing(compilation) && IsTooOld(compilation))
        {
            var version = ((CSharpCompilation)compilation).LanguageVersion.ToDisplayString();
            problems.Add(new(Descriptors.OldLanguage, null, new[] { version }.ToEquatableArray()));
        }

        return problems.ToEquatableArray();
    }

    private static bool IsUsing(Compilation compilation) => compilation.GetTypeByMetadataName(KnownNames.CatalogPart) is not null;

    private static bool IsTooOld(Compilation compilation) => ((CSharpCompilation)compilation).LanguageVersion < Oldest;

    /// <summary>A namespace per assembly. The hash distinguishes <c>A.B</c> from <c>A_B</c>.</summary>
    private static string Namespace(string assemblyName)
    {
        var identifier = TypeName.Identifier(assemblyName);
        return $"EventStore.EF.Generated.{identifier}_{TypeName.Hash(assemblyName)}";
    }
}
