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

    /// <summary>The generated part of the catalog in a referenced assembly, or <see langword="null"/>.</summary>
    public static INamedTypeSymbol? Part(IAssemblySymbol assembly)
        => assembly.Attribute(KnownNames.CatalogAttribute) is { ConstructorArguments: { Length: 1 } arguments }
            ? arguments[0].Value as INamedTypeSymbol
            : null;

    /// <summary>The referenced assemblies that use the library, including those that generated code can't name.</summary>
    public static IEnumerable<IAssemblySymbol> References(Compilation compilation, CancellationToken ct)
    {
        foreach (var reference in compilation.References)
        {
            ct.ThrowIfCancellationRequested();
            if (compilation.GetAssemblyOrModuleSymbol(reference) is IAssemblySymbol assembly && ReferencesLibrary(assembly))
                yield return assembly;
        }
    }

    private static IEnumerable<IAssemblySymbol> Assemblies(Compilation compilation, CancellationToken ct)
        => References(compilation, ct).Where(assembly => Nameability.Alias(assembly, compilation) is null);

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
