using EventStore.EF.Generators.Diagnostics;
using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace EventStore.EF.Generators.Parsing;

/// <summary>The model of an upcaster with its location, or the reason why the class can't be one.</summary>
internal sealed record ParsedUpcaster(UpcasterModel? Model, DiagnosticModel? Finding, UpcasterSite? Site)
{
    /// <summary>Whether the base list mentions an upcaster interface: a cheap check. An upcaster must name the interface itself.</summary>
    public static bool MayBe(SyntaxNode node)
        => node is ClassDeclarationSyntax { BaseList: { } bases }
            && bases.Types.Any(type => type.ToString().Contains("Upcaster"));

    /// <summary>Parses a class; null for classes that aren't upcasters.</summary>
    public static ParsedUpcaster? Of(GeneratorSyntaxContext syntax, CancellationToken ct)
    {
        if (syntax.SemanticModel.GetDeclaredSymbol(syntax.Node, ct) is not INamedTypeSymbol type
            || type.DeclaringSyntaxReferences.Select(part => part.GetSyntax(ct)).First(MayBe) != syntax.Node)
        {
            return null;
        }

        var (model, problem) = UpcasterParser.Parse(type, syntax.SemanticModel.Compilation);
        var location = LocationModel.Of(type.FirstLocation());
        if (problem is not null)
            return new(null, new(Descriptors.InvalidUpcaster, location, new[] { type.Display(), problem }.ToEquatableArray()), null);
        return model is null ? null : new(model, null, new(model, type.Display(), location));
    }
}
