DROP TABLE budgets;
DROP TABLE standing;
