using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>Reads the generator's output in the referenced assemblies.</summary>
internal static class ReferenceParser
{
    public static EquatableArray<ReferenceModel> Parse(Compilation compilation, CancellationToken ct)
    {
        return Assemblies(compilation, ct).Select(Parse).OfType<ReferenceModel>()
            .OrderBy(model => model.Name, StringComparer.Ordinal).ToEquatableArray();
    }

    /// <summary>The referenced assemblies with a generated part of the catalog.</summary>
    public static IEnumerable<(IAssemblySymbol Assembly, INamedTypeSymbol Part)> Parts(Compilation compilation, CancellationToken ct)
    {
        foreach (var assembly in Assemblies(compilation, ct))
        {
            if (assembly.Attribute(KnownNames.CatalogAttribute) is { ConstructorArguments: { Length: 1 } arguments }
                && arguments[0].Value is INamedTypeSymbol part)
            {
                yield return (assembly, part);
            }
        }
    }

    private static IEnumerable<IAssemblySymbol> Assemblies(Compilation compilation, CancellationToken ct)
    {
        foreach (var reference in compilation.References)
        {
            ct.ThrowIfCancellationRequested();
            var aliases = reference.Properties.Aliases;
            if ((aliases.IsEmpty || aliases.Contains("global"))
                && compilation.GetAssemblyOrModuleSymbol(reference) is IAssemblySymbol assembly
                && ReferencesLibrary(assembly))
            {
                yield return assembly;
            }
        }
    }

    /// <summary>Most references belong to the framework, and their attributes need not be read.</summary>
    private static bool ReferencesLibrary(IAssemblySymbol assembly)
        => assembly.Modules.Any(module => module.ReferencedAssemblies.Any(name => name.Name == KnownNames.AbstractionsAssembly));

    private static ReferenceModel? Parse(IAssemblySymbol assembly)
    {
        string? part = null;
        var contracts = new List<ContractModel>();
        foreach (var attribute in assembly.GetAttributes())
        {
            var arguments = attribute.ConstructorArguments;
            switch (attribute.AttributeClass?.Name)
            {
                case "EventCatalogAttribute"
                    when attribute.AttributeClass.FullName() == KnownNames.CatalogAttribute
                        && arguments.Length == 1 && arguments[0].Value is INamedTypeSymbol type:
                    part = type.Code();
                    break;
                case "EventContractAttribute"
                    when attribute.AttributeClass.FullName() == KnownNames.ContractAttribute
                        && arguments.Length == 3 && arguments[2].Value is ITypeSymbol clrType:
                    contracts.Add(new((string)arguments[0].Value!, (int)arguments[1].Value!, clrType.Display()));
                    break;
            }
        }

        return part is null ? null : new(assembly.Name, part, contracts.ToEquatableArray());
    }
}
