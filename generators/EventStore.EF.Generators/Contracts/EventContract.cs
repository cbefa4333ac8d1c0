using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Contracts;

/// <summary>What is stored of a type, place by place.</summary>
/// <param name="Type">The type.</param>
/// <param name="Names">The stored names and version, the aliases included: <c>order-placed/1</c>.</param>
/// <param name="Nodes">The places.</param>
internal sealed record EventContract(INamedTypeSymbol Type, IReadOnlyList<string> Names, IReadOnlyList<ContractNode> Nodes)
{
    /// <summary>The lines for one of the names.</summary>
    public IEnumerable<ContractLine> Lines(string name) => Nodes.Select(node => new ContractLine(name, node.Path, node.Type.ToString()));
}

/// <summary>A place in the JSON of an event.</summary>
/// <param name="Path">The place.</param>
/// <param name="Type">What stands there.</param>
/// <param name="Site">The member behind it, or the event.</param>
internal sealed record ContractNode(string Path, ContractType Type, ISymbol Site);
