using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace EventStore.EF.Generators.Tests.Driver;

/// <summary>An EventContracts.txt that stands in no folder.</summary>
internal sealed class ContractText(string content) : AdditionalText
{
    public override string Path => "EventContracts.txt";

    public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(content);
}
