"""The price-pressure model beside its peers."""
