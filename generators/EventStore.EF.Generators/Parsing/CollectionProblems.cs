using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace EventStore.EF.Generators.Parsing;

/// <summary>
/// Finds collections that System.Text.Json writes but can't read, or reads with other content: it creates them empty, adds the elements,
/// and knows nothing of their other members.
/// </summary>
internal static class CollectionProblems
{
    private const string Advice = "use an array, List, HashSet, Dictionary, an immutable collection, or one of their interfaces";

    private static readonly string[] ReadOnly =
    [
        "ReadOnlyCollection`1", "ReadOnlyObservableCollection`1", "ReadOnlyDictionary`2", "ReadOnlySet`1", "FrozenSet`1",
        "FrozenDictionary`2", "ArraySegment`1",
    ];

    private static readonly string[] Stacks = ["Stack`1", "ConcurrentStack`1", "ImmutableStack`1", "IImmutableStack`1"];

    public static string? Find(INamedTypeSymbol type, Compilation compilation)
    {
        if (type.Hierarchy().FirstOrDefault(t => IsOfFramework(t) && ReadOnly.Contains(t.MetadataName)) is not null)
            return $"'{type.Display()}' is read-only, so it can't be filled when the event is read; {Advice}";
        if (type.Hierarchy().FirstOrDefault(t => IsOfFramework(t) && Stacks.Contains(t.MetadataName)) is not null)
            return $"'{type.Display()}' comes back in reverse order, because it is written from the top and read from the bottom; {Advice}";
        if (IsOfFramework(type))
            return null;
        return RefusesElements(type, compilation)
            ? $"'{type.Display()}' refuses elements, so it can't be filled when the event is read; {Advice}"
            : Beside(type) is { } member
                ? $"'{type.Display()}' is stored as a collection, which loses '{member.Name}'; store it as a record that has the "
                    + "collection as a member, mark the member [JsonIgnore], or write a [JsonConverter]"
                : null;
    }

    private static bool IsOfFramework(INamedTypeSymbol type) => type.ContainingNamespace.IsSystem() && type.FirstLocation() is null;

    /// <summary>Whether <c>IsReadOnly</c> is always true, or <c>Add</c> does nothing but throw.</summary>
    private static bool RefusesElements(INamedTypeSymbol type, Compilation compilation)
    {
        foreach (var collection in type.AllInterfaces.Where(i => i is { Name: "ICollection" or "IDictionary" or "ISet", Arity: > 0 }))
        {
            if (Syntax(type, collection, "IsReadOnly", compilation).Any(IsTrue) || Syntax(type, collection, "Add", compilation).Any(Throws))
                return true;
        }

        return false;
    }

    private static IEnumerable<SyntaxNode> Syntax(INamedTypeSymbol type, INamedTypeSymbol collection, string name, Compilation compilation)
        => collection.GetMembers(name)
            .Select(type.FindImplementationForInterfaceMember)
            .Where(member => member is not null)
            .SelectMany(member => member!.DeclaringSyntaxReferences)
            .Where(reference => compilation.ContainsSyntaxTree(reference.SyntaxTree))
            .Select(reference => reference.GetSyntax());

    private static bool IsTrue(SyntaxNode node)
    {
        if (node is not PropertyDeclarationSyntax property)
            return false;
        var getter = property.AccessorList?.Accessors.FirstOrDefault();
        var value = property.ExpressionBody?.Expression ?? getter?.ExpressionBody?.Expression
            ?? (getter?.Body?.Statements.LastOrDefault() as ReturnStatementSyntax)?.Expression ?? property.Initializer?.Value;
        return value is LiteralExpressionSyntax { RawKind: (int)SyntaxKind.TrueLiteralExpression };
    }

    private static bool Throws(SyntaxNode node) => node is MethodDeclarationSyntax method
        && (method.ExpressionBody?.Expression is ThrowExpressionSyntax || method.Body?.Statements.FirstOrDefault() is ThrowStatementSyntax);

    /// <summary>
    /// A member with a value of its own. A class that implements the interface itself has fields for its elements, so there only
    /// properties and public fields count.
    /// </summary>
    private static ISymbol? Beside(INamedTypeSymbol type)
    {
        var inherits = type.Hierarchy().Any(IsOfFramework);
        return type.Hierarchy()
            .Where(t => !IsOfFramework(t))
            .SelectMany(t => t.GetMembers())
            .OfType<IFieldSymbol>()
            .Where(field => field is { IsStatic: false, IsConst: false, AssociatedSymbol: not IEventSymbol })
            .Select(field => field.AssociatedSymbol ?? field)
            .FirstOrDefault(member => JsonAttributes.Ignore(member) != "Always"
                && (inherits || IsPublicState(member)));
    }

    private static bool IsPublicState(ISymbol member) => member switch
    {
        IPropertySymbol { SetMethod: not null, DeclaredAccessibility: Accessibility.Public } => true,
        IPropertySymbol { DeclaredAccessibility: Accessibility.Public } property => !IsPartOfCollection(property),
        IFieldSymbol { DeclaredAccessibility: Accessibility.Public } => true,
        _ => false,
    };

    /// <summary>Whether the property belongs to the interface of a collection: <c>Count</c>, <c>Keys</c>.</summary>
    private static bool IsPartOfCollection(IPropertySymbol property) => property.ContainingType.AllInterfaces
        .Where(i => i.ContainingNamespace.IsSystem())
        .SelectMany(i => i.GetMembers(property.Name))
        .Any();
}
