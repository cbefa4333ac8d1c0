using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace EventStore.EF.Generators.Parsing;

/// <summary>
/// Looks at the places that assign a field or property, to tell state from what is made again: constants, values that the constructor
/// computes from its arguments, and lazily cached results. It runs only for members that nothing restores.
/// </summary>
internal sealed class Assignments(Compilation compilation, INamedTypeSymbol type, IMethodSymbol? constructor)
{
    private IReadOnlyList<(IMethodSymbol Constructor, HashSet<ISymbol> Known)>? _runs;

    private IReadOnlyList<(IMethodSymbol Constructor, HashSet<ISymbol> Known)> Runs => _runs ??= [.. Chain()];

    /// <summary>Whether the type's source belongs to this compilation.</summary>
    public static bool HasSource(INamedTypeSymbol type, Compilation compilation)
        => type.DeclaringSyntaxReferences.Any(reference => compilation.ContainsSyntaxTree(reference.SyntaxTree));

    /// <summary>Whether the member has the same value again after reading, without being read.</summary>
    public bool IsReproduced(ISymbol state)
    {
        if (state is IPropertySymbol { SetMethod: not null }
            or IFieldSymbol { IsReadOnly: false, DeclaredAccessibility: not (Accessibility.Private or Accessibility.Protected) })
        {
            return false;
        }

        // Without any, it always has the default value.
        var places = Places(state).ToList();
        if (places.TrueForAll(place => place.Kind is PlaceKind.Initializer or PlaceKind.Constructor))
            return places.TrueForAll(IsRepeated);
        return state is IFieldSymbol && places.TrueForAll(place => place.Kind == PlaceKind.Cache || IsEmpty(place));
    }

    /// <summary>Whether a property returns the field, and, if <paramref name="mustAssign"/>, its setter stores the value there.</summary>
    public bool Shows(IPropertySymbol property, IFieldSymbol field, bool mustAssign)
    {
        if (Declaration(property) is not PropertyDeclarationSyntax syntax)
            return false;
        var getter = syntax.AccessorList?.Accessors.FirstOrDefault(accessor => accessor.IsKind(SyntaxKind.GetAccessorDeclaration));
        var returned = syntax.ExpressionBody?.Expression ?? getter?.ExpressionBody?.Expression
            ?? (getter?.Body?.Statements.LastOrDefault() as ReturnStatementSyntax)?.Expression;
        if (returned is null || !Refers(returned, field))
            return false;
        if (!mustAssign)
            return true;
        var setter = syntax.AccessorList?.Accessors.FirstOrDefault(
            accessor => accessor.Kind() is SyntaxKind.SetAccessorDeclaration or SyntaxKind.InitAccessorDeclaration);
        return setter is not null && setter.DescendantNodes().OfType<AssignmentExpressionSyntax>()
            .Any(assignment => Refers(assignment.Left, field));
    }

    /// <summary>Whether an initializer gives the member a value other than the default of its type.</summary>
    public bool HasOtherInitializer(ISymbol member)
        => Initializer(member) is { } value && !value.IsKind(SyntaxKind.DefaultLiteralExpression)
            && !(Model(value).GetConstantValue(value) is { HasValue: true, Value: var constant } && IsDefault(constant));

    /// <summary>
    /// Whether the constructor stores in the member something else than the argument for it: <c>X = x * 2</c>. What leaves a value alone
    /// that it has made itself may be stored: <c>name.Trim()</c>, <c>value % 7</c>. Every other method counts as such.
    /// </summary>
    public bool Changes(ISymbol member, IParameterSymbol parameter)
    {
        if (Initializer(member) is { } initializer && Calculates(initializer, parameter))
            return true;
        var declaration = constructor is null ? null : Declaration(constructor);
        if (declaration is ConstructorDeclarationSyntax declared
            && declared.DescendantNodes().OfType<AssignmentExpressionSyntax>().Any(assignment
                => assignment.IsKind(SyntaxKind.SimpleAssignmentExpression)
                && Calculates(assignment.Right, parameter) && Refers(assignment.Left, member)))
        {
            return true;
        }

        return NextConstructor(declaration) is { } call
            && call.ChildNodes().OfType<ArgumentListSyntax>().SelectMany(list => list.Arguments)
                .Any(argument => Calculates(argument.Expression, parameter))
            && Model(call).GetOperation(call) is IInvocationOperation { Arguments: var arguments }
            && arguments.Any(argument => Calculates(argument.Value, parameter)
                && string.Equals(argument.Parameter?.Name, member.Name, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Whether the member has elements before any is read, or it can't be told.</summary>
    public bool HasInitialElements(ISymbol member)
        => Places(member).Any(place => place.Kind is PlaceKind.Initializer or PlaceKind.Constructor
            && !(place.Value is { } value && IsWithoutElements(Model(value).GetOperation(value))));

    private static bool IsWithoutElements(IOperation? operation) => operation switch
    {
        IConversionOperation conversion => IsWithoutElements(conversion.Operand),
        ICollectionExpressionOperation { Elements.IsEmpty: true } => true,
        IObjectCreationOperation { Initializer: null or { Initializers.IsEmpty: true } } creation
            => creation.Arguments.All(argument => argument.Parameter?.Type is not INamedTypeSymbol type || Collections.Find(type) is null),
        { ConstantValue: { HasValue: true, Value: null } } or IDefaultValueOperation => true,
        _ => false,
    };

    /// <summary>Whether the value is a calculation with the parameter; a look at the syntax spares most of them the rest.</summary>
    private bool Calculates(ExpressionSyntax value, IParameterSymbol parameter)
        => Unwrapped(value) is BinaryExpressionSyntax or PrefixUnaryExpressionSyntax or InterpolatedStringExpressionSyntax
            && Calculates(Model(value).GetOperation(Unwrapped(value)), parameter);

    private static ExpressionSyntax Unwrapped(ExpressionSyntax value) => value switch
    {
        ParenthesizedExpressionSyntax parenthesized => Unwrapped(parenthesized.Expression),
        CastExpressionSyntax cast => Unwrapped(cast.Expression),
        CheckedExpressionSyntax @checked => Unwrapped(@checked.Expression),
        _ => value,
    };

    private static bool Calculates(IOperation? operation, IParameterSymbol parameter) => operation switch
    {
        IConversionOperation conversion => Calculates(conversion.Operand, parameter),
        IParenthesizedOperation parenthesized => Calculates(parenthesized.Operand, parameter),
        IBinaryOperation
        {
            OperatorKind: BinaryOperatorKind.Add or BinaryOperatorKind.Subtract or BinaryOperatorKind.Multiply or BinaryOperatorKind.Divide
                or BinaryOperatorKind.LeftShift or BinaryOperatorKind.RightShift or BinaryOperatorKind.UnsignedRightShift
                or BinaryOperatorKind.ExclusiveOr
        } or IUnaryOperation
        {
            OperatorKind: UnaryOperatorKind.Minus or UnaryOperatorKind.Not or UnaryOperatorKind.BitwiseNegation
        } => operation.Descendants().Any(other => IsParameter(other, parameter)),
        IInterpolatedStringOperation { Parts.Length: > 1 } text
            => text.Parts.OfType<IInterpolationOperation>().Any(part => IsParameter(part.Expression, parameter)),
        _ => false,
    };

    private static bool IsParameter(IOperation operation, IParameterSymbol parameter)
        => operation is IParameterReferenceOperation reference
            && reference.Parameter.OriginalDefinition.Equals(parameter.OriginalDefinition, SymbolEqualityComparer.Default);

    private static bool IsDefault(object? constant) => constant switch
    {
        null => true,
        bool flag => !flag,
        string => false,
        char c => c == '\0',
        IConvertible number => Convert.ToDouble(number, System.Globalization.CultureInfo.InvariantCulture) == 0,
        _ => false,
    };

    private bool IsRepeated(Place place)
    {
        if (place.Value is null)
            return false;
        if (place.Kind == PlaceKind.Initializer)
        {
            // An initializer sees the parameters of the primary constructor.
            if (constructor is null)
                return false;
            var known = Runs.FirstOrDefault(run => IsPrimary(run.Constructor, place.Declaring)).Known;
            return Repetition.IsRepeated(Model(place.Value).GetOperation(place.Value), known ?? []);
        }

        var runs = Runs.Where(run => Declaration(run.Constructor) is ConstructorDeclarationSyntax declared
            && declared.Span.Contains(place.Value.Span)
            && declared.SyntaxTree == place.Value.SyntaxTree).ToList();
        // A constructor that doesn't run when the event is read sets what is then lost.
        return runs.Count > 0 && Repetition.IsRepeated(Model(place.Value).GetOperation(place.Value), runs[0].Known);
    }

    /// <summary>Whether a cache starts empty: <c>= null</c>, <c>= -1</c>.</summary>
    private bool IsEmpty(Place place) => place is { Kind: PlaceKind.Initializer or PlaceKind.Constructor, Value: { } value }
        && (Model(value).GetConstantValue(value).HasValue || value.IsKind(SyntaxKind.DefaultLiteralExpression));

    /// <summary>The constructors that run when an object is read, each with the parameters whose values come from JSON.</summary>
    private IEnumerable<(IMethodSymbol Constructor, HashSet<ISymbol> Known)> Chain()
    {
        var current = constructor;
        var known = new HashSet<ISymbol>(constructor?.OriginalDefinition.Parameters ?? [], SymbolEqualityComparer.Default);
        while (current is not null && HasSource(current.ContainingType, compilation))
        {
            yield return (current, known);
            var call = NextConstructor(Declaration(current));
            var next = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
            if (call is null)
            {
                current = current.ContainingType.BaseType?.InstanceConstructors.FirstOrDefault(other => other.Parameters.IsEmpty);
            }
            else
            {
                var model = Model(call);
                var arguments = model.GetOperation(call) as IInvocationOperation;
                current = model.GetSymbolInfo(call).Symbol as IMethodSymbol;
                foreach (var argument in arguments?.Arguments ?? [])
                {
                    if (argument.Parameter is { } parameter && Repetition.IsRepeated(argument.Value, known))
                        next.Add(parameter.OriginalDefinition);
                }
            }

            current = current?.OriginalDefinition;
            known = next;
        }
    }

    /// <summary>The call of another constructor, the type's own or its base's, by which a constructor begins; null without one.</summary>
    private static SyntaxNode? NextConstructor(SyntaxNode? declaration) => declaration switch
    {
        ConstructorDeclarationSyntax declared => declared.Initializer,
        TypeDeclarationSyntax { BaseList: { } bases } => bases.Types.OfType<PrimaryConstructorBaseTypeSyntax>().FirstOrDefault(),
        _ => null,
    };

    /// <summary>The places that assign the member in the type that declares it, and its initializer.</summary>
    private IEnumerable<Place> Places(ISymbol state)
    {
        var declaring = state.ContainingType;
        if (Initializer(state) is { } initializer)
            yield return new(PlaceKind.Initializer, initializer, declaring);
        foreach (var name in Names(state, state.DeclaredAccessibility == Accessibility.Private ? declaring : type))
        {
            if (Assignment(name) is not { } assignment)
                continue;
            var value = assignment is AssignmentExpressionSyntax simple && simple.IsKind(SyntaxKind.SimpleAssignmentExpression)
                ? Part(simple, name)
                : null;
            yield return new(Kind(name, assignment, state), value, declaring);
        }
    }

    /// <summary>The names in the source that refer to the member.</summary>
    private IEnumerable<SimpleNameSyntax> Names(ISymbol state, INamedTypeSymbol from) => from.Hierarchy().Append(state.ContainingType)
        .SelectMany(t => t.DeclaringSyntaxReferences).Distinct()
        .Where(reference => compilation.ContainsSyntaxTree(reference.SyntaxTree))
        .SelectMany(reference => reference.GetSyntax().DescendantNodes().OfType<SimpleNameSyntax>())
        .Where(name => name.Identifier.ValueText == state.Name && Refers(name, state));

    private bool Refers(ExpressionSyntax expression, ISymbol state)
        => Model(expression)
            .GetSymbolInfo(expression is AssignmentExpressionSyntax assignment ? assignment.Left : expression).Symbol is { } symbol
            ? symbol.OriginalDefinition.Equals(state.OriginalDefinition, SymbolEqualityComparer.Default)
            : expression is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression } coalesce && Refers(coalesce.Left, state);

    /// <summary>The expression that changes the member of this name, or null if it only reads it.</summary>
    private static SyntaxNode? Assignment(SimpleNameSyntax name)
    {
        SyntaxNode target = name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? access : name;
        var tuple = target;
        while (tuple.Parent is ArgumentSyntax { Parent: TupleExpressionSyntax parent })
            tuple = parent;
        return tuple.Parent switch
        {
            AssignmentExpressionSyntax assignment when assignment.Left == tuple => assignment,
            PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PreIncrementExpression or (int)SyntaxKind.PreDecrementExpression } unary
                => unary,
            PostfixUnaryExpressionSyntax
            {
                RawKind: (int)SyntaxKind.PostIncrementExpression or (int)SyntaxKind.PostDecrementExpression,
            } unary => unary,
            ArgumentSyntax { RefKindKeyword.RawKind: (int)SyntaxKind.RefKeyword or (int)SyntaxKind.OutKeyword } argument => argument,
            _ => null,
        };
    }

    /// <summary>The value that the name gets; for a tuple on both sides, the part in the same position.</summary>
    private static ExpressionSyntax? Part(AssignmentExpressionSyntax assignment, SimpleNameSyntax name)
    {
        if (assignment.Left is not TupleExpressionSyntax left)
            return assignment.Right;
        var index = left.Arguments.IndexOf(argument => argument.Span.Contains(name.Span));
        return assignment.Right is TupleExpressionSyntax right && index >= 0 && index < right.Arguments.Count
            && left.Arguments[index].Expression is not TupleExpressionSyntax
            ? right.Arguments[index].Expression
            : null;
    }

    private PlaceKind Kind(SimpleNameSyntax name, SyntaxNode assignment, ISymbol state)
    {
        foreach (var node in name.Ancestors())
        {
            switch (node)
            {
                case AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax:
                    return PlaceKind.Other;
                case ConstructorDeclarationSyntax:
                    return PlaceKind.Constructor;
                case AccessorDeclarationSyntax { RawKind: (int)SyntaxKind.GetAccessorDeclaration } or ArrowExpressionClauseSyntax
                {
                    Parent: BasePropertyDeclarationSyntax,
                }:
                    return IsGuarded(assignment, state) ? PlaceKind.Cache : PlaceKind.Other;
                case MethodDeclarationSyntax { ParameterList.Parameters.Count: 0 } method:
                    return IsGuarded(assignment, state) && ReturnsIt(method, state) ? PlaceKind.Cache : PlaceKind.Other;
                case BaseMethodDeclarationSyntax or AccessorDeclarationSyntax:
                    return PlaceKind.Other;
            }
        }

        return PlaceKind.Other;
    }

    /// <summary>Whether the assignment happens only if the member is empty: <c>??=</c>, or inside an if that asks for a field.</summary>
    private bool IsGuarded(SyntaxNode assignment, ISymbol state)
    {
        // What depends on the member's own value counts, and does not cache.
        if (assignment is AssignmentExpressionSyntax { Right: var value }
            && value.DescendantNodesAndSelf().OfType<SimpleNameSyntax>().Any(name => Refers(name, state)))
        {
            return false;
        }

        if (assignment.IsKind(SyntaxKind.CoalesceAssignmentExpression))
            return true;
        if (assignment is ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax invocation })
            return invocation.Expression.ToString() is "LazyInitializer.EnsureInitialized" or "Interlocked.CompareExchange";
        return assignment is AssignmentExpressionSyntax && assignment.Ancestors().Any(node => node switch
        {
            IfStatementSyntax statement => statement.Condition.Span.End <= assignment.SpanStart && AsksForField(statement.Condition, state),
            ConditionalExpressionSyntax conditional => AsksForField(conditional.Condition, state),
            BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression } coalesce => AsksForField(coalesce.Left, state),
            _ => false,
        });
    }

    private bool AsksForField(ExpressionSyntax condition, ISymbol state) => condition.DescendantNodesAndSelf().OfType<SimpleNameSyntax>()
        .Any(name => Model(name).GetSymbolInfo(name).Symbol is IFieldSymbol field
            && field.ContainingType.OriginalDefinition.Equals(state.ContainingType.OriginalDefinition, SymbolEqualityComparer.Default));

    /// <summary>Whether the method exists to return a cached value, or what <see cref="object"/> asks of every object.</summary>
    private bool ReturnsIt(MethodDeclarationSyntax method, ISymbol state)
        => method.Modifiers.Any(SyntaxKind.OverrideKeyword)
            || method.ExpressionBody is not null
            || method.DescendantNodes().OfType<ReturnStatementSyntax>()
                .Any(statement => statement.Expression is { } result && AsksForField(result, state));

    private ExpressionSyntax? Initializer(ISymbol state) => Declaration(state) switch
    {
        PropertyDeclarationSyntax property => property.Initializer?.Value,
        VariableDeclaratorSyntax field => field.Initializer?.Value,
        _ => null,
    };

    private SyntaxNode? Declaration(ISymbol symbol) => symbol.DeclaringSyntaxReferences
        .FirstOrDefault(reference => compilation.ContainsSyntaxTree(reference.SyntaxTree))?.GetSyntax();

    private bool IsPrimary(IMethodSymbol constructor, INamedTypeSymbol declaring)
        => constructor.ContainingType.OriginalDefinition.Equals(declaring.OriginalDefinition, SymbolEqualityComparer.Default)
            && Declaration(constructor) is TypeDeclarationSyntax;

    private SemanticModel Model(SyntaxNode node) => compilation.GetSemanticModel(node.SyntaxTree);

    private enum PlaceKind
    {
        Initializer,
        Constructor,
        Cache,
        Other,
    }

    private sealed record Place(PlaceKind Kind, ExpressionSyntax? Value, INamedTypeSymbol Declaring);
}
