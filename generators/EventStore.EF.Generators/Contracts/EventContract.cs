using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Contracts;

/// <summary>The stored form of an event: the type at each path of its JSON.</summary>
/// <param name="Type">The type.</param>
/// <param name="Names">The stored names and version, including the aliases: <c>order-placed/1</c>.</param>
/// <param name="Nodes">The paths and their types.</param>
internal sealed record EventContract(INamedTypeSymbol Type, IReadOnlyList<string> Names, IReadOnlyList<ContractNode> Nodes)
{
    /// <summary>The lines for one of the names.</summary>
    public IEnumerable<ContractLine> Lines(string name) => Nodes.Select(node => new ContractLine(name, node.Path, node.Type.ToString()));
}

/// <summary>A path in the JSON of an event.</summary>
/// <param name="Path">The path.</param>
/// <param name="Type">The type there.</param>
/// <param name="Site">The member that writes it, or the event.</param>
internal sealed record ContractNode(string Path, ContractType Type, ISymbol Site);
